/* The yardstick's functions: 0 if all is well. */
#ifndef HAND_H
#define HAND_H

#include "bench.h"

int hand_registers_decode(bench_REGISTERS_TBL *v, const uint8_t *p, size_t size);
int hand_registers_encode(const bench_REGISTERS_TBL *v, uint8_t *p, size_t capacity);
int hand_profile_decode(bench_PROFILE_TBL *v, const uint8_t *p, size_t size);
int hand_profile_encode(const bench_PROFILE_TBL *v, uint8_t *p, size_t capacity);
int hand_config_decode(bench_CONFIG_TBL *v, const uint8_t *p, size_t size);
int hand_config_encode(const bench_CONFIG_TBL *v, uint8_t *p, size_t capacity);

#endif
