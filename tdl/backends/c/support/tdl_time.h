/* SPDX-License-Identifier: 0BSD
 *
 * Dates and times of tables as numbers and back. Decoded values keep their octets, so that nothing is lost of a clock
 * that was never set; these functions say what the octets mean. */
#ifndef TDL_TIME_H
#define TDL_TIME_H

#include "tdl_support.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TDL_LTIME_DATE 0u
#define TDL_STIME_DATE 1u
#define TDL_HTIME_DATE 2u
#define TDL_TIME_DATE 3u
#define TDL_TIME 4u
#define TDL_STIME 5u
#define TDL_HTIME 6u
#define TDL_DATE 7u

/* In UTC under TM_FORMAT 3 and 4, else in the device's own zone. A time of day has no date, a DATE no time: these are 0.
 * Two digits of a year mean 1990 to 2089. */
typedef struct {
    uint16_t year;
    uint8_t month;
    uint8_t day;
    uint8_t hour;
    uint8_t minute;
    uint8_t second;
    uint8_t hundredth;
} tdl_moment;

/* What the octets of a kind mean under a TM_FORMAT of 1 to 4, of no matter for a DATE; `big` is DATA_ORDER. TDL_RANGE if
 * they are no moment, as the zeros of a clock that was never set. */
tdl_code tdl_read_moment(uint8_t kind, uint8_t format, uint8_t big, const uint8_t *octets, tdl_moment *moment);

/* The octets of a moment; TDL_RANGE if it is none, or if they cannot say it exactly. */
tdl_code tdl_write_moment(uint8_t kind, uint8_t format, uint8_t big, const tdl_moment *moment, uint8_t *octets);

#ifdef __cplusplus
}
#endif

#endif
