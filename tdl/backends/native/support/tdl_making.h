/* SPDX-License-Identifier: 0BSD */
#include "tdl_python.h"

/* --- octets to values: a new reference, or a null pointer with an exception ----------------------------------------- */

TDL_SPARE PyObject *tdl_read_octets(unsigned function, const uint8_t *p, size_t octets)
{
    PyObject *const raw = PyBytes_FromStringAndSize((const char *)p, (Py_ssize_t)octets);
    PyObject *const made = raw == NULL ? NULL : PyObject_CallOneArg(tdl_called[function], raw);
    Py_XDECREF(raw);
    return made;
}

TDL_SPARE PyObject *tdl_read_number(unsigned function, const uint8_t *p, size_t octets, int big, int form, int decimals)
{
    PyObject *const order = big ? Py_True : Py_False;
    const char *const data = (const char *)p;
    const Py_ssize_t size = (Py_ssize_t)octets;
    switch (function) {
    case TDL_READ_DECIMAL:
        return PyObject_CallFunction(tdl_called[function], "y#Oii", data, size, order, form, decimals);
    case TDL_READ_INT:
        return PyObject_CallFunction(tdl_called[function], "y#Oi", data, size, order, form);
    default:
        return PyObject_CallFunction(tdl_called[function], "y#O", data, size, order);
    }
}

TDL_SPARE PyObject *tdl_read_text(const uint8_t *p, size_t octets, int64_t charset)
{
    const char *const data = (const char *)p;
    switch (charset) {
    case 1:
        return PyUnicode_DecodeASCII(data, (Py_ssize_t)octets, "surrogateescape");
    case 2:
        return PyUnicode_DecodeLatin1(data, (Py_ssize_t)octets, NULL);
    case 3:
        return PyUnicode_DecodeUTF8(data, (Py_ssize_t)octets, "surrogateescape");
    default:
        return PyObject_CallFunction(tdl_called[TDL_READ_TEXT], "y#L", data, (Py_ssize_t)octets, (long long)charset);
    }
}

TDL_SPARE PyObject *tdl_read_binary(const uint8_t *p, size_t octets)
{
    return PyBytes_FromStringAndSize((const char *)p, (Py_ssize_t)octets);
}

TDL_SPARE PyObject *tdl_read_bcd(const uint8_t *p, size_t octets)
{
    static const char digits[] = "0123456789ABCDEF";
    PyObject *const text = PyUnicode_New((Py_ssize_t)octets * 2, 127);
    if (text != NULL && octets != 0u) {
        Py_UCS1 *const to = PyUnicode_1BYTE_DATA(text);
        size_t i;
        for (i = 0u; i < octets; i++) {
            to[2u * i] = (Py_UCS1)digits[p[i] >> 4];
            to[2u * i + 1u] = (Py_UCS1)digits[p[i] & 15u];
        }
    }
    return text;
}

TDL_SPARE PyObject *tdl_read_set(const uint8_t *p, size_t octets)
{
    PyObject *const made = tdl_new(TDL_MEMBERS);
    if (made != NULL) {
        SLOT(made, tdl_classes[TDL_MEMBERS].first) = tdl_read_binary(p, octets);
        if (SLOT(made, tdl_classes[TDL_MEMBERS].first) == NULL) {
            Py_DECREF(made);
            return NULL;
        }
    }
    return made;
}

/* An array that stays octets. */
TDL_SPARE PyObject *tdl_read_rows(PyObject *layout, const uint8_t *p, size_t octets)
{
    return PyObject_CallFunction(tdl_called[TDL_ROWS], "Oy#", layout, (const char *)p, (Py_ssize_t)octets);
}

TDL_SPARE PyObject *tdl_read_float(double value, const uint8_t *p, size_t octets, int big)
{
    return value == value ? PyFloat_FromDouble(value) : tdl_read_number(TDL_READ_FLOAT, p, octets, big, 0, 0);
}

TDL_SPARE double tdl_float_of32(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

TDL_SPARE double tdl_float_of64(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

TDL_SPARE PyObject *tdl_read_moment(const char *kind, int variant, const uint8_t *p, size_t octets, int big)
{
    return PyObject_CallFunction(tdl_called[TDL_READ_MOMENT], "siy#O", kind, variant, (const char *)p,
                                 (Py_ssize_t)octets, big ? Py_True : Py_False);
}

static inline int tdl_part(uint8_t octet, int variant)
{
    if (variant != 1) {
        return octet;
    }
    return (octet >> 4) < 10 && (octet & 15) < 10 ? (octet >> 4) * 10 + (octet & 15) : 255;
}

/* A moment of so many parts, an octet each: year, month and day if it has a date, then hour, minute and so on. */
TDL_SPARE PyObject *tdl_read_parts(const char *kind, int variant, const uint8_t *p, unsigned parts, int has_date)
{
#define PART(place, otherwise) ((place) < parts ? tdl_part(p[place], variant) : (otherwise))
    const unsigned skipped = has_date ? 3u : 0u;
    const int year = has_date ? PART(0u, 0) : 0, month = has_date ? PART(1u, 1) : 1, day = has_date ? PART(2u, 1) : 1;
    const int hour = PART(skipped, 0), minute = PART(skipped + 1u, 0), second = PART(skipped + 2u, 0);
    const int hundredth = PART(skipped + 3u, 0);
#undef PART
    if (year < 100 && month > 0 && month < 13 && hour < 24 && minute < 60 && second < 60 && hundredth < 100) {
        PyObject *const made =
            has_date ? PyDateTimeAPI->DateTime_FromDateAndTime(year + (year < 90 ? 2000 : 1900), month, day, hour,
                                                               minute, second, hundredth * 10000, Py_None,
                                                               PyDateTimeAPI->DateTimeType)
                     : PyDateTimeAPI->Time_FromTime(hour, minute, second, hundredth * 10000, Py_None,
                                                    PyDateTimeAPI->TimeType);
        if (made != NULL) {
            return made;
        }
        PyErr_Clear(); /* the 30th of February, say */
    }
    return tdl_read_moment(kind, variant, p, parts, 0);
}

/* A moment that is so many seconds after the beginning of 1970. */
TDL_SPARE PyObject *tdl_read_seconds(const char *kind, int variant, uint64_t seconds, const uint8_t *p, int big)
{
    if (seconds <= 253402300799u) { /* the end of the year 9999 */
        const int time = (int)(seconds % 86400u);
        const unsigned days = (unsigned)(seconds / 86400u) + 719468u; /* since March 1st of the year 0 */
        const unsigned era = days / 146097u, day_of_era = days % 146097u;
        const unsigned year_of_era =
            (day_of_era - day_of_era / 1460u + day_of_era / 36524u - day_of_era / 146096u) / 365u;
        const unsigned day_of_year = day_of_era - (365u * year_of_era + year_of_era / 4u - year_of_era / 100u);
        const unsigned month = (5u * day_of_year + 2u) / 153u;
        const int day = (int)(day_of_year - (153u * month + 2u) / 5u + 1u);
        const int year = (int)(year_of_era + era * 400u + (month >= 10u ? 1u : 0u));
        return PyDateTimeAPI->DateTime_FromDateAndTime(
            year, (int)(month < 10u ? month + 3u : month - 9u), day, time / 3600, time / 60 % 60, time % 60, 0,
            Py_None, PyDateTimeAPI->DateTimeType);
    }
    return tdl_read_moment(kind, variant, p, 4u, big);
}
