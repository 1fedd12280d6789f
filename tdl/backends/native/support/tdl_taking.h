/* SPDX-License-Identifier: 0BSD */
#include "tdl_python.h"

/* --- values to octets: 1, or 0 with or without an exception ---------------------------------------------------------- */

/* Keeps what belongs to a container while others could take it out of there. A null pointer stays one. */
static inline PyObject *tdl_hold(PyObject **held, unsigned place, PyObject *value)
{
    PyObject *const before = held[place];
    Py_XINCREF(value);
    held[place] = value;
    Py_XDECREF(before);
    return value;
}

static inline PyObject *tdl_item(PyObject *list, uint32_t index)
{
    return (Py_ssize_t)index < PyList_GET_SIZE(list) ? PyList_GET_ITEM(list, (Py_ssize_t)index) : NULL;
}

static inline int tdl_is(PyObject *value, unsigned which)
{
    return value != NULL && Py_TYPE(value) == tdl_types[which];
}

static inline int tdl_is_list(PyObject *value, uint32_t count)
{
    return value != NULL && PyList_CheckExact(value) && PyList_GET_SIZE(value) == (Py_ssize_t)count;
}

/* Whether an attribute has an element's value; one that was deleted is found out where it is written. */
static inline int tdl_present(PyObject *value)
{
    return value != Py_None;
}

TDL_SPARE int tdl_get_uint(PyObject *value, uint64_t most, uint64_t *to)
{
    if (value == NULL || !PyLong_CheckExact(value)) {
        return 0;
    }
    if (most <= (uint64_t)INT64_MAX) {
        int overflow;
        const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
        *to = (uint64_t)number;
        return !overflow && number >= 0 && (uint64_t)number <= most;
    }
    *to = PyLong_AsUnsignedLongLong(value);
    return *to != (uint64_t)-1 || !PyErr_Occurred();
}

TDL_SPARE int tdl_get_int(PyObject *value, int64_t least, int64_t most, int64_t *to)
{
    int overflow;
    if (value == NULL || !PyLong_CheckExact(value)) {
        return 0;
    }
    *to = PyLong_AsLongLongAndOverflow(value, &overflow);
    return !overflow && least <= *to && *to <= most;
}

/* A flag, or a number where a field of flags has room for one. */
TDL_SPARE int tdl_get_flag(PyObject *value, uint64_t most, uint64_t *to)
{
    if (value == Py_True || value == Py_False) {
        *to = value == Py_True;
        return 1;
    }
    return most > 1u && tdl_get_uint(value, most, to);
}

TDL_SPARE int tdl_get_float32(PyObject *value, uint32_t *to)
{
    float number;
    double wide;
    if (value == NULL || !PyFloat_CheckExact(value)) {
        return 0;
    }
    wide = PyFloat_AS_DOUBLE(value);
    number = (float)wide;
    memcpy(to, &number, sizeof(number));
    return wide == wide && (number - number == 0.0f || wide - wide != 0.0);
}

TDL_SPARE int tdl_get_float64(PyObject *value, uint64_t *to)
{
    double number;
    if (value == NULL || !PyFloat_CheckExact(value)) {
        return 0;
    }
    number = PyFloat_AS_DOUBLE(value);
    memcpy(to, &number, sizeof(number));
    return number == number;
}

/* Octets of just this length; the reference to them is taken over. */
TDL_SPARE int tdl_put_made(uint8_t *p, size_t octets, PyObject *made)
{
    const int fits = made != NULL && PyBytes_CheckExact(made) && (size_t)PyBytes_GET_SIZE(made) == octets;
    if (fits) {
        memcpy(p, PyBytes_AS_STRING(made), octets);
    }
    Py_XDECREF(made);
    return fits;
}

TDL_SPARE int tdl_put_octets(uint8_t *p, size_t octets, PyObject *value, unsigned function)
{
    PyObject *const size = value == NULL ? NULL : PyLong_FromSize_t(octets);
    PyObject *const arguments[2] = {value, size};
    int done;
    if (size == NULL) {
        return 0;
    }
    Py_INCREF(value); /* what is called may let go of it */
    done = tdl_put_made(p, octets, PyObject_Vectorcall(tdl_called[function], arguments, 2u, NULL));
    Py_DECREF(value);
    Py_DECREF(size);
    return done;
}

TDL_SPARE int tdl_put_decimal(uint8_t *p, size_t octets, PyObject *value, int big, int form, int decimals)
{
    return value != NULL && tdl_put_made(p, octets,
                                         PyObject_CallFunction(tdl_called[TDL_WRITE_DECIMAL], "OnOii", value,
                                                               (Py_ssize_t)octets, big ? Py_True : Py_False, form,
                                                               decimals));
}

TDL_SPARE int tdl_put_text(uint8_t *p, size_t octets, PyObject *value, int64_t charset)
{
    static const char *const names[4] = {NULL, "ascii", "latin-1", "utf-8"};
    PyObject *made;
    size_t size;
    if (value == NULL) {
        return 0;
    }
    if (!PyUnicode_CheckExact(value) || charset < 1 || charset > 3) {
        return tdl_put_made(p, octets,
                            PyObject_CallFunction(tdl_called[TDL_WRITE_TEXT], "OnL", value, (Py_ssize_t)octets,
                                                  (long long)charset));
    }
    if (PyUnicode_IS_COMPACT_ASCII(value)) {
        size = (size_t)PyUnicode_GET_LENGTH(value);
        if (size <= octets) {
            memcpy(p, PyUnicode_1BYTE_DATA(value), size);
            memset(p + size, ' ', octets - size);
        }
        return size <= octets;
    }
    made = PyUnicode_AsEncodedString(value, names[charset], charset == 2 ? "strict" : "surrogateescape");
    if (made == NULL) {
        return 0;
    }
    size = (size_t)PyBytes_GET_SIZE(made);
    if (size <= octets) {
        memcpy(p, PyBytes_AS_STRING(made), size);
        memset(p + size, ' ', octets - size);
    }
    Py_DECREF(made);
    return size <= octets;
}

/* Octets as they are. */
TDL_SPARE int tdl_put_binary(uint8_t *p, size_t octets, PyObject *value)
{
    if (value == NULL || !PyBytes_CheckExact(value) || (size_t)PyBytes_GET_SIZE(value) != octets) {
        return 0;
    }
    memcpy(p, PyBytes_AS_STRING(value), octets);
    return 1;
}

/* A set, or the octets that stand for one. */
TDL_SPARE int tdl_put_set(uint8_t *p, size_t octets, PyObject *value)
{
    if (value != NULL && PyBytes_CheckExact(value)) {
        return tdl_put_binary(p, octets, value);
    }
    return tdl_is(value, TDL_MEMBERS) && tdl_put_binary(p, octets, SLOT(value, tdl_classes[TDL_MEMBERS].first));
}

static inline int tdl_digit(char character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    return character >= 'A' && character <= 'F' ? character - 'A' + 10 : -1;
}

TDL_SPARE int tdl_put_bcd(uint8_t *p, size_t octets, PyObject *value)
{
    const Py_UCS1 *text;
    size_t i;
    if (value == NULL || !PyUnicode_CheckExact(value) || !PyUnicode_IS_COMPACT_ASCII(value) ||
        (size_t)PyUnicode_GET_LENGTH(value) != 2u * octets) {
        return 0;
    }
    text = PyUnicode_1BYTE_DATA(value);
    for (i = 0u; i < octets; i++) {
        const int high = tdl_digit((char)text[2u * i]), low = tdl_digit((char)text[2u * i + 1u]);
        if (high < 0 || low < 0) {
            return 0;
        }
        p[i] = (uint8_t)(high * 16 + low);
    }
    return 1;
}

/* The octets of an array that stays octets. */
TDL_SPARE int tdl_put_rows(uint8_t *p, size_t octets, PyObject *value, PyObject *layout, uint32_t count)
{
    return value != NULL &&
           tdl_put_made(p, octets,
                        PyObject_CallFunction(tdl_called[TDL_OCTETS_OF], "OOk", value, layout, (unsigned long)count));
}

TDL_SPARE int tdl_put_moment(uint8_t *p, size_t octets, PyObject *value, const char *kind, int variant, int big)
{
    return value != NULL && tdl_put_made(p, octets,
                                         PyObject_CallFunction(tdl_called[TDL_WRITE_MOMENT], "siOO", kind, variant,
                                                               value, big ? Py_True : Py_False));
}

static inline uint8_t tdl_octet(int number, int variant)
{
    return (uint8_t)(variant == 1 ? number / 10 * 16 + number % 10 : number);
}

TDL_SPARE int tdl_put_parts(uint8_t *p, unsigned parts, PyObject *value, const char *kind, int variant, int has_date)
{
    int part[7], i;
    const int skipped = has_date ? 0 : 3, last = (int)parts + skipped;
    int micros, is_ours;
    if (value == NULL) {
        return 0;
    }
    if (has_date) {
        is_ours = PyDateTime_CheckExact(value) && PyDateTime_DATE_GET_TZINFO(value) == Py_None;
    } else {
        is_ours = PyTime_CheckExact(value) && PyDateTime_TIME_GET_TZINFO(value) == Py_None;
    }
    if (!is_ours) {
        return tdl_put_moment(p, parts, value, kind, variant, 0);
    }
    if (has_date) {
        part[0] = PyDateTime_GET_YEAR(value) - 1990;
        part[1] = PyDateTime_GET_MONTH(value);
        part[2] = PyDateTime_GET_DAY(value);
        part[3] = PyDateTime_DATE_GET_HOUR(value);
        part[4] = PyDateTime_DATE_GET_MINUTE(value);
        part[5] = PyDateTime_DATE_GET_SECOND(value);
        micros = PyDateTime_DATE_GET_MICROSECOND(value);
        if (part[0] < 0 || part[0] > 99) {
            return 0;
        }
        part[0] = (part[0] + 90) % 100;
    } else {
        part[3] = PyDateTime_TIME_GET_HOUR(value);
        part[4] = PyDateTime_TIME_GET_MINUTE(value);
        part[5] = PyDateTime_TIME_GET_SECOND(value);
        micros = PyDateTime_TIME_GET_MICROSECOND(value);
    }
    part[6] = micros / 10000;
    if (micros % 10000 != 0) {
        return 0;
    }
    for (i = last; i < 7; i++) {
        if (part[i] != 0) {
            return 0; /* finer than the octets can say */
        }
    }
    for (i = skipped; i < last; i++) {
        p[i - skipped] = tdl_octet(part[i], variant);
    }
    return 1;
}
