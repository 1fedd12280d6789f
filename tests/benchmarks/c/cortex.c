/* Runs one codec of the registers TIMES times under QEMU and writes what the clock counted meanwhile.
 * With `-icount shift=0` an instruction takes a nanosecond and a tick of the clock forty of them. */
#include <stdint.h>

#include "hand.h"

#define STACK_TOP 0x20400000u
#define CLOCK_CONTROL (*(volatile uint32_t *)0xE000E010u)
#define CLOCK_RELOAD (*(volatile uint32_t *)0xE000E014u)
#define CLOCK_VALUE (*(volatile uint32_t *)0xE000E018u)
#define SIZE 368u

void reset(void);
void *memcpy(void *to, const void *from, __SIZE_TYPE__ octets);
void *memset(void *to, int octet, __SIZE_TYPE__ octets);

__attribute__((section(".vectors"), used)) static const uintptr_t vectors[2] = {STACK_TOP, (uintptr_t)&reset};

static uint8_t image[SIZE], output[SIZE];
static bench_REGISTERS_TBL value;

void *memcpy(void *to, const void *from, __SIZE_TYPE__ octets)
{
    while (octets-- != 0u) {
        ((uint8_t *)to)[octets] = ((const uint8_t *)from)[octets];
    }
    return to;
}

void *memset(void *to, int octet, __SIZE_TYPE__ octets)
{
    while (octets-- != 0u) {
        ((uint8_t *)to)[octets] = (uint8_t)octet;
    }
    return to;
}

static void semihosting(uint32_t operation, const void *block)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = block;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void say(uint32_t number)
{
    char text[12];
    uint32_t at = 11u;
    text[at] = '\0';
    text[--at] = '\n';
    do {
        text[--at] = (char)('0' + (number % 10u));
        number /= 10u;
    } while (number != 0u);
    semihosting(4u, &text[at]);
}

static int run(void)
{
#if CODEC == 0
    tdl_error error;
    return bench_REGISTERS_TBL_decode(&value, image, SIZE, &error);
#elif CODEC == 1
    size_t made;
    tdl_error error;
    return bench_REGISTERS_TBL_encode(&value, output, SIZE, &made, &error);
#elif CODEC == 2
    return hand_registers_decode(&value, image, SIZE);
#else
    return hand_registers_encode(&value, output, SIZE);
#endif
}

void reset(void)
{
    const uint32_t block[2] = {0x20026u, 0u};
    uint32_t i, before, bad;
    for (i = 0u; i < SIZE; i++) {
        image[i] = (uint8_t)(i * 7u);
    }
    bad = (uint32_t)bench_REGISTERS_TBL_decode(&value, image, SIZE, 0);
    CLOCK_RELOAD = 0xFFFFFFu;
    CLOCK_VALUE = 0u;
    CLOCK_CONTROL = 5u;
    before = CLOCK_VALUE;
    for (i = 0u; i < TIMES; i++) {
        bad |= (uint32_t)run();
    }
    before = (before - CLOCK_VALUE) & 0xFFFFFFu;
    say((bad != 0u) ? 0u : before);
    semihosting(0x20u, block);
    for (;;) {
    }
}
