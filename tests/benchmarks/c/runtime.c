/* Runs the codec of the registers for any meter so many times on one image: `runtime WHAT TIMES`, 0 decodes, 1 encodes.
 * What the other codecs have as constants is here decoded from the tables that say so. Ends with 1 if anything fails. */
#include <stdlib.h>
#include <string.h>

#include "any.h"

static uint8_t memory[65536];
static uint8_t image[368];
static uint8_t output[368];

static int prepare(any_env *env, tdl_arena *arena)
{
    static const uint8_t configuration[19] = {0x02, 0x02, 0x88};
    static const uint8_t limits[6] = {4, 5, 4, 40, 96, 4};
    static any_CONFIG_TBL config;
    static any_LIMITS_TBL limiting;
    tdl_error error;
    tdl_clear(env, sizeof(*env));
    return any_CONFIG_TBL_decode(&config, configuration, sizeof(configuration), env, arena, &error) ||
           any_env_fill_CONFIG_TBL(env, &config, arena, &error) ||
           any_LIMITS_TBL_decode(&limiting, limits, sizeof(limits), env, arena, &error) ||
           any_env_fill_LIMITS_TBL(env, &limiting, arena, &error);
}

int main(int argc, char **argv)
{
    const int encodes = (argc == 3) ? atoi(argv[1]) : 0;
    const long times = (argc == 3) ? atol(argv[2]) : 0;
    static any_REGISTERS_TBL value;
    tdl_arena arena = {memory, sizeof(memory), 0u};
    any_env env;
    tdl_error error;
    uint32_t state = 1;
    size_t used, made = 0, i;
    long n;
    int bad = prepare(&env, &arena);

    for (i = 0; i < sizeof(image); i++) {
        state = state * 1664525u + 1013904223u;
        image[i] = (uint8_t)(state >> 24);
    }
    used = arena.used;
    bad |= any_REGISTERS_TBL_decode(&value, image, sizeof(image), &env, &arena, &error);
    bad |= any_REGISTERS_TBL_encode(&value, output, sizeof(output), &made, &env, &error);
    if (bad || made != sizeof(image) || memcmp(image, output, sizeof(image)) != 0) {
        return 1;
    }
    for (n = 0; n < times; n++) {
        if (encodes) {
            bad |= any_REGISTERS_TBL_encode(&value, output, sizeof(output), &made, &env, &error);
        } else {
            arena.used = used;
            bad |= any_REGISTERS_TBL_decode(&value, image, sizeof(image), &env, &arena, &error);
        }
    }
    return bad;
}
