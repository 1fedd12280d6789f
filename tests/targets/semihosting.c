/* Start-up for a Cortex-M under QEMU: runs the vectors, says how many failed, and ends the machine. */
#include <stdint.h>
#include <stdio.h>

int run_vectors(void);
void reset(void);
void abort(void);

#define STACK_TOP 0x20400000u

__attribute__((section(".vectors"), used)) static const uintptr_t vectors[2] = {STACK_TOP, (uintptr_t)&reset};

static void semihosting(uint32_t operation, const void *block)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = block;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void leave(uint32_t code)
{
    const uint32_t block[2] = {0x20026u, code}; /* an application's exit, and its code */
    semihosting(0x20u, block);
    for (;;) {
    }
}

void abort(void)
{
    semihosting(4u, "aborted\n");
    leave(3u);
}

void reset(void)
{
    const int failed = run_vectors();
    semihosting(4u, (failed == 0) ? "all vectors pass\n" : "vectors fail\n");
    leave((failed == 0) ? 0u : 1u);
}
