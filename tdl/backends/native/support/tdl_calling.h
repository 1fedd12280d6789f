/* SPDX-License-Identifier: 0BSD */
#include "tdl_making.h"
#include "tdl_taking.h"
#include "tdl_views.h"

/* --- functions as Python calls them ---------------------------------------------------------------------------------- */

typedef tdl_code (*tdl_taker)(PyObject *value, PyObject **held, uint8_t *image, size_t capacity, size_t *size,
                              tdl_error *error);

/* The values of the first argument, which is octets; `pure` is the function in Python. */
TDL_SPARE PyObject *tdl_decoded(PyObject *pure, PyObject *const *arguments, Py_ssize_t count, tdl_maker make)
{
    if (count > 0 && PyBytes_CheckExact(arguments[0])) {
        PyObject *made = NULL;
        const tdl_code code = make(&made, (const uint8_t *)PyBytes_AS_STRING(arguments[0]),
                                   (size_t)PyBytes_GET_SIZE(arguments[0]), NULL);
        if (code == TDL_OK) {
            return made;
        }
        Py_XDECREF(made);
        if (!tdl_go_on()) {
            return NULL;
        }
    }
    return PyObject_Vectorcall(pure, arguments, (size_t)count, NULL);
}

#define TDL_ROOM 1024u /* octets of images that need no room of their own */

static tdl_code tdl_taken_from(PyObject *value, tdl_taker take, PyObject **held, unsigned holds, uint8_t *image,
                               size_t capacity, size_t *size)
{
    const tdl_code code = take(value, held, image, capacity, size, NULL);
    unsigned i;
    for (i = 0u; i < holds; i++) {
        Py_CLEAR(held[i]);
    }
    return code;
}

/* The octets of the first argument: at least and at most so many. */
TDL_SPARE PyObject *tdl_encoded(PyObject *pure, PyObject *const *arguments, Py_ssize_t count, tdl_taker take,
                                PyObject **held, unsigned holds, size_t least, size_t most)
{
    uint8_t room[TDL_ROOM];
    size_t size = 0u, capacity = least > 4u * TDL_ROOM ? least : 4u * TDL_ROOM;
    tdl_code code = TDL_BUFFER;

    if (count > 0 && most != least && least <= TDL_ROOM) {
        code = tdl_taken_from(arguments[0], take, held, holds, room, TDL_ROOM, &size);
        if (code == TDL_OK) {
            return PyBytes_FromStringAndSize((const char *)room, (Py_ssize_t)size);
        }
    }
    if (capacity > most || most == least) {
        capacity = most;
    }
    while (count > 0 && code == TDL_BUFFER) {
        PyObject *octets = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)capacity);
        if (octets == NULL) {
            break;
        }
        code = tdl_taken_from(arguments[0], take, held, holds, (uint8_t *)PyBytes_AS_STRING(octets), capacity, &size);
        if (code == TDL_OK) {
            if (size != capacity) {
                _PyBytes_Resize(&octets, (Py_ssize_t)size);
            }
            return octets;
        }
        Py_DECREF(octets);
        if (capacity >= most) {
            break;
        }
        capacity = capacity < most / 4u ? capacity * 4u : most;
    }
    if (!tdl_go_on()) {
        return NULL;
    }
    return PyObject_Vectorcall(pure, arguments, (size_t)count, NULL);
}

/* How many octets a list of records comes to. */
TDL_SPARE size_t tdl_rows_octets(PyObject *const *arguments, Py_ssize_t count, size_t octets)
{
    return count > 0 && PyList_CheckExact(arguments[0]) ? (size_t)PyList_GET_SIZE(arguments[0]) * octets : 0u;
}

/* --- taking a table's module over ------------------------------------------------------------------------------------ */

/* A function that stands in for one of Python: a global of a table's module, or `read` or `write` of a layout. */
typedef struct {
    const char *holder; /* the layout, or a null pointer */
    PyMethodDef method;
} tdl_stand_in;

typedef struct {
    const char *key;
    const uint16_t *classes;
    unsigned class_count;
    const char *const *layouts;
    PyObject **layouts_found;
    unsigned layout_count;
    tdl_stand_in *functions;
    unsigned function_count;
    const tdl_seen *elements;
    unsigned element_count;
    Py_ssize_t least; /* octets of an image */
    Py_ssize_t most;
} tdl_table_code;

/* Puts a function in the place of a layout's. */
static int tdl_stand(PyObject *module, tdl_stand_in *with)
{
    PyObject *const holder = PyDict_GetItemString(module, with->holder);
    PyObject *const pure = holder == NULL ? NULL : PyObject_GetAttrString(holder, with->method.ml_name);
    PyObject *function;
    int done;
    if (pure == NULL) {
        return 0;
    }
    function = PyCFunction_New(&with->method, pure);
    Py_DECREF(pure);
    if (function == NULL) {
        return 0;
    }
    done = PyObject_SetAttrString(holder, with->method.ml_name, function);
    Py_DECREF(function);
    return done == 0;
}

/* module.decode(octets, environment), module.encode(record, environment) */
static PyObject *tdl_called_in_front(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names)
{
    const tdl_standing *const standing = (const tdl_standing *)(void *)self;
    const Py_ssize_t given = PyVectorcall_NARGS(count);
    if (names == NULL && (given == 1 || given == 2)) {
        return standing->work(standing->pure, arguments, given);
    }
    return PyObject_Vectorcall(standing->pure, arguments, count, names);
}

/* Puts a function in front of a module's, which is what others see of it. */
static int tdl_stand_in_front(PyObject *module, const tdl_stand_in *with)
{
    const char *const name = with->method.ml_name;
    PyObject *const pure = PyDict_GetItemString(module, name);
    tdl_standing *made;
    int done;
    if (pure == NULL || !PyFunction_Check(pure)) {
        return 0;
    }
    made = tdl_stand_in_for(pure, &tdl_function_type, &tdl_function_spec, NULL);
    if (made == NULL) {
        return 0;
    }
    made->work = (tdl_work)(void (*)(void))with->method.ml_meth;
    made->call = tdl_called_in_front;
    done = PyDict_SetItemString(module, name, (PyObject *)made);
    Py_DECREF((PyObject *)made);
    return done == 0;
}

/* Puts a table's functions into its module and that of its views; 0 if something there is not as it was generated. */
static int tdl_take_over(const tdl_table_code *table, PyObject *module, PyObject *views, PyObject *records)
{
    unsigned i;
    for (i = 0u; i < table->class_count; i++) {
        if (!tdl_ready(table->classes[i], records)) {
            return 0;
        }
    }
    for (i = 0u; i < table->layout_count; i++) {
        PyObject *const found = PyDict_GetItemString(module, table->layouts[i]);
        if (found == NULL) {
            return 0;
        }
        Py_INCREF(found);
        Py_XSETREF(table->layouts_found[i], found);
    }
    for (i = 0u; i < table->function_count; i++) {
        tdl_stand_in *const with = &table->functions[i];
        if (!(with->holder == NULL ? tdl_stand_in_front(module, with) : tdl_stand(module, with))) {
            return 0;
        }
    }
    return tdl_take_views(views, table->elements, table->element_count, table->least, table->most);
}
