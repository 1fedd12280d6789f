/* The yardstick: the same three tables by hand, with the same structs, one bounds check for each run of fixed size and
 * constants for the counts. What a careful engineer writes who knows the meter and needs no reasons for a refusal. */
#include "hand.h"

static inline uint32_t get2(const uint8_t *p) { return (uint32_t)p[0] | ((uint32_t)p[1] << 8); }
static inline uint32_t get3(const uint8_t *p) { return get2(p) | ((uint32_t)p[2] << 16); }
static inline uint32_t get4(const uint8_t *p) { return get2(p) | (get2(p + 2) << 16); }
static inline uint64_t get6(const uint8_t *p) { return (uint64_t)get4(p) | ((uint64_t)get2(p + 4) << 32); }

static inline void put2(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void put3(uint8_t *p, uint32_t v)
{
    put2(p, v);
    p[2] = (uint8_t)(v >> 16);
}

static inline void put4(uint8_t *p, uint32_t v)
{
    put2(p, v);
    put2(p + 2, v >> 16);
}

static inline void put6(uint8_t *p, uint64_t v)
{
    put4(p, (uint32_t)v);
    put2(p + 4, (uint32_t)(v >> 32));
}

static inline void copy(uint8_t *to, const uint8_t *from, size_t n)
{
    size_t i;
    for (i = 0; i < n; i++) {
        to[i] = from[i];
    }
}

int hand_registers_decode(bench_REGISTERS_TBL *v, const uint8_t *p, size_t size)
{
    uint32_t t, i;
    uint32_t w;
    if (size != 368) {
        return 1;
    }
    w = get2(p);
    v->FLAGS.SEASON = (uint8_t)(w & 15);
    v->FLAGS.TIER = (uint8_t)((w >> 4) & 15);
    v->FLAGS.RESET = (uint8_t)((w >> 8) & 3);
    v->FLAGS.CLOCK = (uint8_t)((w >> 10) & 1);
    v->FLAGS.TAMPER = (uint8_t)((w >> 11) & 1);
    v->FLAGS.STATE = (uint8_t)(w >> 12);
    v->RESETS = p[2];
    copy(v->AT, p + 3, 5);
    p += 8;
    for (t = 0; t < 4; t++) {
        bench_TIER_RCD *r = &v->TIERS[t];
        for (i = 0; i < 5; i++, p += 6) {
            r->SUMMATIONS[i] = get6(p);
        }
        for (i = 0; i < 4; i++, p += 15) {
            bench_DEMAND_RCD *d = &r->DEMANDS[i];
            copy(d->AT, p, 5);
            d->PEAK = (int32_t)get4(p + 5);
            d->CUM = (int64_t)(get6(p + 9) << 16) >> 16;
        }
    }
    return 0;
}

int hand_registers_encode(const bench_REGISTERS_TBL *v, uint8_t *p, size_t capacity)
{
    uint32_t t, i;
    if (capacity < 368) {
        return 1;
    }
    if (v->FLAGS.SEASON > 15 || v->FLAGS.TIER > 15 || v->FLAGS.RESET > 3 || v->FLAGS.CLOCK > 1 ||
        v->FLAGS.TAMPER > 1 || v->FLAGS.STATE > 15) {
        return 2;
    }
    put2(p, (uint32_t)v->FLAGS.SEASON | (uint32_t)v->FLAGS.TIER << 4 | (uint32_t)v->FLAGS.RESET << 8 |
                (uint32_t)v->FLAGS.CLOCK << 10 | (uint32_t)v->FLAGS.TAMPER << 11 | (uint32_t)v->FLAGS.STATE << 12);
    p[2] = v->RESETS;
    copy(p + 3, v->AT, 5);
    p += 8;
    for (t = 0; t < 4; t++) {
        const bench_TIER_RCD *r = &v->TIERS[t];
        for (i = 0; i < 5; i++, p += 6) {
            if (r->SUMMATIONS[i] >> 48) {
                return 2;
            }
            put6(p, r->SUMMATIONS[i]);
        }
        for (i = 0; i < 4; i++, p += 15) {
            const bench_DEMAND_RCD *d = &r->DEMANDS[i];
            if (d->CUM < -(INT64_C(1) << 47) || d->CUM >= INT64_C(1) << 47) {
                return 2;
            }
            copy(p, d->AT, 5);
            put4(p + 5, (uint32_t)d->PEAK);
            put6(p + 9, (uint64_t)d->CUM);
        }
    }
    return 0;
}

int hand_profile_decode(bench_PROFILE_TBL *v, const uint8_t *p, size_t size)
{
    uint32_t b, i, c;
    if (size != 42400) {
        return 1;
    }
    for (b = 0; b < 40; b++) {
        bench_BLOCK_RCD *block = &v->BLOCKS[b];
        block->END_TIME = get4(p);
        p += 4;
        for (i = 0; i < 96; i++, p += 8) {
            bench_INTERVAL_RCD *r = &block->INTERVALS[i];
            const uint32_t w = get3(p);
            r->STATUS.A = (uint8_t)(w & 15);
            r->STATUS.B = (uint8_t)((w >> 4) & 15);
            r->STATUS.C = (uint8_t)((w >> 8) & 15);
            r->STATUS.D = (uint8_t)((w >> 12) & 15);
            r->STATUS.E = (uint8_t)((w >> 16) & 15);
            r->STATUS.F = (uint8_t)((w >> 20) & 15);
            p += 3;
            for (c = 0; c < 4; c++) {
                r->CHANNELS[c] = (uint16_t)get2(p + 2 * c);
            }
        }
    }
    return 0;
}

int hand_profile_encode(const bench_PROFILE_TBL *v, uint8_t *p, size_t capacity)
{
    uint32_t b, i, c;
    if (capacity < 42400) {
        return 1;
    }
    for (b = 0; b < 40; b++) {
        const bench_BLOCK_RCD *block = &v->BLOCKS[b];
        put4(p, block->END_TIME);
        p += 4;
        for (i = 0; i < 96; i++, p += 8) {
            const bench_INTERVAL_RCD *r = &block->INTERVALS[i];
            if (r->STATUS.A > 15 || r->STATUS.B > 15 || r->STATUS.C > 15 || r->STATUS.D > 15 || r->STATUS.E > 15 ||
                r->STATUS.F > 15) {
                return 2;
            }
            put3(p, (uint32_t)r->STATUS.A | (uint32_t)r->STATUS.B << 4 | (uint32_t)r->STATUS.C << 8 |
                        (uint32_t)r->STATUS.D << 12 | (uint32_t)r->STATUS.E << 16 | (uint32_t)r->STATUS.F << 20);
            p += 3;
            for (c = 0; c < 4; c++) {
                put2(p + 2 * c, r->CHANNELS[c]);
            }
        }
    }
    return 0;
}

int hand_config_decode(bench_CONFIG_TBL *v, const uint8_t *p, size_t size)
{
    uint32_t std, mfg, std_proc, mfg_proc;
    if (size < 19) {
        return 1;
    }
    v->FORMAT.DATA_ORDER = p[0] & 1;
    v->FORMAT.CHAR_FORMAT = (p[0] >> 1) & 7;
    v->FORMAT.MODEL_SELECT = (p[0] >> 4) & 7;
    v->FORMAT.spare = p[0] & 0x80;
    v->TIME.TM_FORMAT = p[1] & 7;
    v->TIME.DATA_ACCESS = (p[1] >> 3) & 3;
    v->TIME.ID_FORM = (p[1] >> 5) & 1;
    v->TIME.INT_FORMAT = p[1] >> 6;
    v->NI.NI_FORMAT1 = p[2] & 15;
    v->NI.NI_FORMAT2 = p[2] >> 4;
    copy(v->MANUFACTURER, p + 3, 4);
    v->NAMEPLATE = p[7];
    v->DEFAULT_SET = p[8];
    v->MAX_PARAMETER = p[9];
    v->MAX_RESPONSE = p[10];
    v->VERSION = p[11];
    v->REVISION = p[12];
    v->DIM_STD_TBLS = p[13];
    v->DIM_MFG_TBLS = p[14];
    v->DIM_STD_PROC = p[15];
    v->DIM_MFG_PROC = p[16];
    v->DIM_STATUS = p[17];
    v->PENDING = p[18];
    std = p[13];
    mfg = p[14];
    std_proc = p[15];
    mfg_proc = p[16];
    if (std > 16 || mfg > 16 || std_proc > 16 || mfg_proc > 16 || size != 19 + 2 * (std + mfg) + std_proc + mfg_proc) {
        return 1;
    }
    v->STD_TBLS_USED_length = v->STD_TBLS_WRITE_length = std;
    v->MFG_TBLS_USED_length = v->MFG_TBLS_WRITE_length = mfg;
    v->STD_PROC_USED_length = std_proc;
    v->MFG_PROC_USED_length = mfg_proc;
    p += 19;
    copy(v->STD_TBLS_USED, p, std);
    p += std;
    copy(v->MFG_TBLS_USED, p, mfg);
    p += mfg;
    copy(v->STD_PROC_USED, p, std_proc);
    p += std_proc;
    copy(v->MFG_PROC_USED, p, mfg_proc);
    p += mfg_proc;
    copy(v->STD_TBLS_WRITE, p, std);
    p += std;
    copy(v->MFG_TBLS_WRITE, p, mfg);
    return 0;
}

int hand_config_encode(const bench_CONFIG_TBL *v, uint8_t *p, size_t capacity)
{
    const uint32_t std = v->DIM_STD_TBLS, mfg = v->DIM_MFG_TBLS;
    const uint32_t std_proc = v->DIM_STD_PROC, mfg_proc = v->DIM_MFG_PROC;
    if (std > 16 || mfg > 16 || std_proc > 16 || mfg_proc > 16 ||
        capacity < 19 + 2 * (std + mfg) + std_proc + mfg_proc) {
        return 1;
    }
    if (v->STD_TBLS_USED_length != std || v->STD_TBLS_WRITE_length != std || v->MFG_TBLS_USED_length != mfg ||
        v->MFG_TBLS_WRITE_length != mfg || v->STD_PROC_USED_length != std_proc ||
        v->MFG_PROC_USED_length != mfg_proc) {
        return 2;
    }
    if (v->FORMAT.DATA_ORDER > 1 || v->FORMAT.CHAR_FORMAT > 7 || v->FORMAT.MODEL_SELECT > 7 ||
        (v->FORMAT.spare & 0x7F) || v->TIME.TM_FORMAT > 7 || v->TIME.DATA_ACCESS > 3 || v->TIME.ID_FORM > 1 ||
        v->TIME.INT_FORMAT > 3 || v->NI.NI_FORMAT1 > 15 || v->NI.NI_FORMAT2 > 15) {
        return 2;
    }
    p[0] = (uint8_t)(v->FORMAT.DATA_ORDER | v->FORMAT.CHAR_FORMAT << 1 | v->FORMAT.MODEL_SELECT << 4 | v->FORMAT.spare);
    p[1] = (uint8_t)(v->TIME.TM_FORMAT | v->TIME.DATA_ACCESS << 3 | v->TIME.ID_FORM << 5 | v->TIME.INT_FORMAT << 6);
    p[2] = (uint8_t)(v->NI.NI_FORMAT1 | v->NI.NI_FORMAT2 << 4);
    copy(p + 3, v->MANUFACTURER, 4);
    p[7] = v->NAMEPLATE;
    p[8] = v->DEFAULT_SET;
    p[9] = v->MAX_PARAMETER;
    p[10] = v->MAX_RESPONSE;
    p[11] = v->VERSION;
    p[12] = v->REVISION;
    p[13] = v->DIM_STD_TBLS;
    p[14] = v->DIM_MFG_TBLS;
    p[15] = v->DIM_STD_PROC;
    p[16] = v->DIM_MFG_PROC;
    p[17] = v->DIM_STATUS;
    p[18] = v->PENDING;
    p += 19;
    copy(p, v->STD_TBLS_USED, std);
    p += std;
    copy(p, v->MFG_TBLS_USED, mfg);
    p += mfg;
    copy(p, v->STD_PROC_USED, std_proc);
    p += std_proc;
    copy(p, v->MFG_PROC_USED, mfg_proc);
    p += mfg_proc;
    copy(p, v->STD_TBLS_WRITE, std);
    p += std;
    copy(p, v->MFG_TBLS_WRITE, mfg);
    return 0;
}
