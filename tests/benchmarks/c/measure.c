/* Runs one codec so many times on one image: `measure WHAT TIMES`. Ends with 1 if the two do not agree. */
#include <stdlib.h>
#include <string.h>

#include "hand.h"

static uint8_t image[65536];
static uint8_t output[65536];
static union {
    bench_REGISTERS_TBL registers;
    bench_PROFILE_TBL profile;
    bench_CONFIG_TBL config;
} value, other;

static size_t prepare(int table)
{
    static const uint8_t dimensions[4] = {11, 9, 11, 10};
    const size_t sizes[3] = {368, 42400, 80};
    size_t i;
    uint32_t state = 1;
    for (i = 0; i < sizes[table]; i++) {
        state = state * 1664525u + 1013904223u;
        image[i] = (uint8_t)(state >> 24);
    }
    if (table == 2) {
        memcpy(image + 13, dimensions, 4);
    }
    return sizes[table];
}

int main(int argc, char **argv)
{
    const int what = (argc == 3) ? atoi(argv[1]) : -1;
    const long times = (argc == 3) ? atol(argv[2]) : 0;
    const size_t size = prepare(what % 3);
    size_t made = 0;
    long i;
    int bad = 0;
    tdl_error error;

    (void)bench_REGISTERS_TBL_decode;
    switch (what % 3) {
    case 0:
        bad |= bench_REGISTERS_TBL_decode(&value.registers, image, size, &error);
        bad |= hand_registers_decode(&other.registers, image, size);
        break;
    case 1:
        bad |= bench_PROFILE_TBL_decode(&value.profile, image, size, &error);
        bad |= hand_profile_decode(&other.profile, image, size);
        break;
    default:
        bad |= bench_CONFIG_TBL_decode(&value.config, image, size, &error);
        bad |= hand_config_decode(&other.config, image, size);
        break;
    }
    if (bad || memcmp(&value, &other, sizeof(value)) != 0) {
        return 1;
    }
    for (i = 0; i < times; i++) {
        switch (what) {
        case 0: bad |= bench_REGISTERS_TBL_decode(&value.registers, image, size, &error); break;
        case 1: bad |= bench_PROFILE_TBL_decode(&value.profile, image, size, &error); break;
        case 2: bad |= bench_CONFIG_TBL_decode(&value.config, image, size, &error); break;
        case 3: bad |= bench_REGISTERS_TBL_encode(&value.registers, output, size, &made, &error); break;
        case 4: bad |= bench_PROFILE_TBL_encode(&value.profile, output, size, &made, &error); break;
        case 5: bad |= bench_CONFIG_TBL_encode(&value.config, output, size, &made, &error); break;
        case 6: bad |= hand_registers_decode(&other.registers, image, size); break;
        case 7: bad |= hand_profile_decode(&other.profile, image, size); break;
        case 8: bad |= hand_config_decode(&other.config, image, size); break;
        case 9: bad |= hand_registers_encode(&other.registers, output, size); break;
        case 10: bad |= hand_profile_encode(&other.profile, output, size); break;
        default: bad |= hand_config_encode(&other.config, output, size); break;
        }
    }
    if (what % 6 > 2 && times > 0 && memcmp(image, output, size) != 0) {
        return 1;
    }
    return bad;
}
