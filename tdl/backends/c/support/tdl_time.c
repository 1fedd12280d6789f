/* SPDX-License-Identifier: 0BSD */
#include "tdl_time.h"

#define FIRST_YEAR 1990u
#define LAST_YEAR 9999u
#define SECOND 100u   /* in hundredths of a second */
#define MINUTE 6000u
#define DAY 8640000u

/* What a kind has under TM_FORMAT 1 and 2 (octets of a date, of a time) and 3 and 4 (octets and unit of a count, and of
 * what is left of that unit). */
typedef struct {
    uint8_t dated;
    uint8_t clock;
    struct {
        uint8_t octets[2];
        uint16_t unit[2];
    } count[2];
} kind_layout;

static const kind_layout layouts[7] = {
    {1u, 3u, {{{4u, 1u}, {MINUTE, SECOND}}, {{4u, 0u}, {SECOND, 0u}}}},
    {1u, 2u, {{{4u, 0u}, {MINUTE, 0u}}, {{4u, 0u}, {SECOND, 0u}}}},
    {1u, 4u, {{{4u, 2u}, {MINUTE, 1u}}, {{4u, 1u}, {SECOND, 1u}}}},
    {1u, 3u, {{{4u, 1u}, {MINUTE, SECOND}}, {{4u, 0u}, {SECOND, 0u}}}},
    {0u, 3u, {{{4u, 0u}, {SECOND, 0u}}, {{4u, 0u}, {SECOND, 0u}}}},
    {0u, 2u, {{{2u, 0u}, {MINUTE, 0u}}, {{4u, 0u}, {SECOND, 0u}}}},
    {0u, 4u, {{{4u, 0u}, {1u, 0u}}, {{4u, 0u}, {1u, 0u}}}},
};

static uint8_t days_of(uint32_t year, uint8_t month)
{
    static const uint8_t days[12] = {31u, 28u, 31u, 30u, 31u, 30u, 31u, 31u, 30u, 31u, 30u, 31u};
    const uint8_t leap = (((year % 4u) == 0u) && (((year % 100u) != 0u) || ((year % 400u) == 0u))) ? 1u : 0u;
    return (uint8_t)(days[month - 1u] + ((month == 2u) ? leap : 0u));
}

static uint8_t is_date(uint32_t year, uint8_t month, uint8_t day)
{
    return ((year >= 1u) && (year <= LAST_YEAR) && (month >= 1u) && (month <= 12u) && (day >= 1u) &&
            (day <= days_of(year, month)))
               ? 1u
               : 0u;
}

static uint8_t is_clock(const tdl_moment *moment)
{
    return ((moment->hour < 24u) && (moment->minute < 60u) && (moment->second < 60u) && (moment->hundredth < 100u)) ? 1u
                                                                                                                   : 0u;
}

static uint16_t long_year(uint8_t digits)
{
    return (uint16_t)((digits >= 90u) ? (1900u + digits) : (2000u + digits));
}

/* Days since 1970-01-01 of the first day of a year. */
static uint32_t days_before(uint32_t year)
{
    const uint32_t past = year - 1u;
    return ((past * 365u) + (past / 4u) - (past / 100u) + (past / 400u)) - 719162u;
}

static tdl_code read_date(uint8_t big, const uint8_t *octets, tdl_moment *moment)
{
    const uint32_t bits = (uint32_t)tdl_load(octets, 2u, big);
    const uint8_t digits = (uint8_t)(bits & 127u);
    moment->year = long_year(digits);
    moment->month = (uint8_t)((bits >> 7) & 15u);
    moment->day = (uint8_t)(bits >> 11);
    return ((digits <= 99u) && (is_date(moment->year, moment->month, moment->day) != 0u)) ? TDL_OK : TDL_RANGE;
}

static tdl_code read_parts(const kind_layout *layout, uint8_t bcd, const uint8_t *octets, tdl_moment *moment)
{
    uint8_t parts[7] = {0u, 0u, 0u, 0u, 0u, 0u, 0u}; /* a date's three, then those of the clock */
    const uint8_t first = (layout->dated != 0u) ? 0u : 3u;
    uint8_t i;
    for (i = first; i < (3u + layout->clock); i++) {
        const uint8_t octet = octets[i - first];
        if ((bcd != 0u) && (((octet >> 4) > 9u) || ((octet & 15u) > 9u))) {
            return TDL_RANGE;
        }
        parts[i] = (bcd != 0u) ? (uint8_t)(((octet >> 4) * 10u) + (octet & 15u)) : octet;
    }
    moment->hour = parts[3];
    moment->minute = parts[4];
    moment->second = parts[5];
    moment->hundredth = parts[6];
    if (layout->dated != 0u) {
        moment->year = long_year(parts[0]);
        moment->month = parts[1];
        moment->day = parts[2];
        if ((parts[0] > 99u) || (is_date(moment->year, moment->month, moment->day) == 0u)) {
            return TDL_RANGE;
        }
    }
    return (is_clock(moment) != 0u) ? TDL_OK : TDL_RANGE;
}

static tdl_code read_counts(const kind_layout *layout, uint8_t format, uint8_t big, const uint8_t *octets,
                            tdl_moment *moment)
{
    const uint8_t *const size = layout->count[format - 3u].octets;
    const uint16_t *const unit = layout->count[format - 3u].unit;
    const uint64_t rest = (size[1] == 0u) ? 0u : (tdl_load(&octets[size[0]], size[1], big) * unit[1]);
    const uint64_t total = (tdl_load(octets, size[0], big) * unit[0]) + rest;
    uint32_t days = (uint32_t)(total / DAY);
    const uint32_t clock = (uint32_t)(total % DAY);

    if ((rest != 0u) && (rest >= unit[0])) {
        return TDL_RANGE;
    }
    moment->hour = (uint8_t)(clock / (60u * MINUTE));
    moment->minute = (uint8_t)((clock / MINUTE) % 60u);
    moment->second = (uint8_t)((clock / SECOND) % 60u);
    moment->hundredth = (uint8_t)(clock % SECOND);
    if (layout->dated == 0u) {
        return (days == 0u) ? TDL_OK : TDL_RANGE;
    }
    moment->year = (uint16_t)(1970u + (days / 366u)); /* this one or a later one */
    if (days >= days_before(LAST_YEAR + 1u)) {
        return TDL_RANGE;
    }
    while (days_before((uint32_t)moment->year + 1u) <= days) {
        moment->year++;
    }
    days -= days_before(moment->year);
    moment->month = 1u;
    while (days >= days_of(moment->year, moment->month)) {
        days -= days_of(moment->year, moment->month);
        moment->month++;
    }
    moment->day = (uint8_t)(days + 1u);
    return TDL_OK;
}

tdl_code tdl_read_moment(uint8_t kind, uint8_t format, uint8_t big, const uint8_t *octets, tdl_moment *moment)
{
    tdl_clear(moment, sizeof(*moment));
    if (kind == TDL_DATE) {
        return read_date(big, octets, moment);
    }
    if ((kind > TDL_DATE) || (format == 0u) || (format > 4u)) {
        return TDL_REFUSED;
    }
    if (format <= 2u) {
        return read_parts(&layouts[kind], (format == 1u) ? 1u : 0u, octets, moment);
    }
    return read_counts(&layouts[kind], format, big, octets, moment);
}

/* --- and back ----------------------------------------------------------------------------------------------------- */

static uint8_t has_short_year(const tdl_moment *moment)
{
    return ((moment->year >= FIRST_YEAR) && (moment->year < (FIRST_YEAR + 100u))) ? 1u : 0u;
}

static tdl_code write_parts(const kind_layout *layout, uint8_t bcd, const tdl_moment *moment, uint8_t *octets)
{
    const uint8_t parts[7] = {(uint8_t)(moment->year % 100u), moment->month,  moment->day,      moment->hour,
                              moment->minute,                 moment->second, moment->hundredth};
    const uint8_t first = (layout->dated != 0u) ? 0u : 3u;
    uint8_t i;
    if ((first == 0u) && (has_short_year(moment) == 0u)) {
        return TDL_RANGE;
    }
    for (i = (uint8_t)(3u + layout->clock); i < 7u; i++) {
        if (parts[i] != 0u) {
            return TDL_RANGE; /* finer than its octets */
        }
    }
    for (i = first; i < (3u + layout->clock); i++) {
        octets[i - first] = (bcd != 0u) ? (uint8_t)(((parts[i] / 10u) << 4) | (parts[i] % 10u)) : parts[i];
    }
    return TDL_OK;
}

static tdl_code write_counts(const kind_layout *layout, uint8_t format, uint8_t big, const tdl_moment *moment,
                             uint8_t *octets)
{
    const uint8_t *const size = layout->count[format - 3u].octets;
    const uint16_t *const unit = layout->count[format - 3u].unit;
    uint64_t left = ((uint64_t)moment->hour * 60u * MINUTE) + ((uint64_t)moment->minute * MINUTE) +
                    ((uint64_t)moment->second * SECOND) + moment->hundredth;
    uint8_t at = 0u;
    uint8_t i;

    if (layout->dated != 0u) {
        uint32_t days;
        uint8_t month;
        if (moment->year < 1970u) {
            return TDL_RANGE;
        }
        days = days_before(moment->year) + moment->day - 1u;
        for (month = 1u; month < moment->month; month++) {
            days += days_of(moment->year, month);
        }
        left += (uint64_t)days * DAY;
    }
    for (i = 0u; (i < 2u) && (size[i] != 0u); i++) {
        const uint64_t count = left / unit[i];
        if ((count >> (8u * size[i])) != 0u) {
            return TDL_RANGE;
        }
        tdl_store(&octets[at], count, size[i], big);
        at = (uint8_t)(at + size[i]);
        left %= unit[i];
    }
    return (left == 0u) ? TDL_OK : TDL_RANGE;
}

tdl_code tdl_write_moment(uint8_t kind, uint8_t format, uint8_t big, const tdl_moment *moment, uint8_t *octets)
{
    if ((kind > TDL_DATE) || ((kind != TDL_DATE) && ((format == 0u) || (format > 4u)))) {
        return TDL_REFUSED;
    }
    if (((kind == TDL_DATE) || (layouts[kind].dated != 0u)) &&
        (is_date(moment->year, moment->month, moment->day) == 0u)) {
        return TDL_RANGE;
    }
    if (kind == TDL_DATE) {
        if (has_short_year(moment) == 0u) {
            return TDL_RANGE;
        }
        tdl_store(octets,
                  (uint32_t)(moment->year % 100u) | ((uint32_t)moment->month << 7) | ((uint32_t)moment->day << 11), 2u,
                  big);
        return TDL_OK;
    }
    if (is_clock(moment) == 0u) {
        return TDL_RANGE;
    }
    if (format <= 2u) {
        return write_parts(&layouts[kind], (format == 1u) ? 1u : 0u, moment, octets);
    }
    return write_counts(&layouts[kind], format, big, moment, octets);
}
