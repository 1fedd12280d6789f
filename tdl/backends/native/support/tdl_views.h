/* SPDX-License-Identifier: 0BSD
 *
 * Views of octets: C opens them and reads their elements, as long as both are what is expected.
 */
#ifndef TDL_VIEWS_H
#define TDL_VIEWS_H

#include "tdl_standing.h"

/* The octets and the place of a view, and of an array of views. */
#define TDL_AT(view) SLOT(view, tdl_classes[TDL_VIEW].first)
#define TDL_OCTETS(view) SLOT(view, tdl_classes[TDL_VIEW].first + 1u)

/* A view of octets from a place on; that of a whole table has none. */
static PyObject *tdl_view(PyTypeObject *type, PyObject *octets, Py_ssize_t at)
{
    PyObject *const made = tdl_blank_leaf(type);
    if (made != NULL) {
        Py_INCREF(octets);
        TDL_OCTETS(made) = octets;
        if (at >= 0 && (TDL_AT(made) = PyLong_FromSsize_t(at)) == NULL) {
            Py_DECREF(made);
            return NULL;
        }
    }
    return made;
}

/* Where a view begins in its octets, if there are so many from there on; else less than 0. */
static Py_ssize_t tdl_beginning(PyObject *view, Py_ssize_t octets)
{
    PyObject *const holder = TDL_OCTETS(view), *const place = TDL_AT(view);
    Py_ssize_t at = 0;
    if (place != NULL) {
        at = PyLong_CheckExact(place) ? PyLong_AsSsize_t(place) : -1;
    }
    return holder != NULL && PyBytes_CheckExact(holder) && at <= PyBytes_GET_SIZE(holder) - octets ? at : -1;
}

/* view.NAME */
static PyObject *tdl_read_element(PyObject *self, PyObject *view, PyObject *type)
{
    const tdl_standing *const standing = (const tdl_standing *)(void *)self;
    const tdl_seen *const seen = standing->seen;
    if (view != NULL && Py_TYPE(view) == standing->holder) {
        const Py_ssize_t at = tdl_beginning(view, seen->offset + seen->octets);
        if (at >= 0) {
            PyObject *const octets = TDL_OCTETS(view), *made = NULL;
            if (seen->make == NULL) {
                return tdl_view(standing->below, octets, at + seen->offset);
            }
            if (seen->make(&made, (const uint8_t *)PyBytes_AS_STRING(octets) + at + seen->offset,
                           (size_t)seen->octets, NULL) == TDL_OK) {
                return made;
            }
            Py_XDECREF(made);
        }
        if (!tdl_go_on()) {
            return NULL;
        }
    }
    return tdl_bound_behind(self, view, type);
}

/* array[index] */
static PyObject *tdl_read_item(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names)
{
    const tdl_standing *const standing = (const tdl_standing *)(void *)self;
    const tdl_seen *const seen = standing->seen;
    if (PyVectorcall_NARGS(count) == 2 && names == NULL && Py_TYPE(arguments[0]) == standing->holder &&
        PyLong_CheckExact(arguments[1])) {
        const Py_ssize_t at = tdl_beginning(arguments[0], seen->octets), length = seen->octets / seen->offset;
        int overflow;
        long long index = PyLong_AsLongLongAndOverflow(arguments[1], &overflow);
        index += index < 0 ? length : 0;
        if (at >= 0 && !overflow && 0 <= index && index < length) {
            return tdl_view(standing->below, TDL_OCTETS(arguments[0]), at + (Py_ssize_t)index * seen->offset);
        }
        if (!tdl_go_on()) {
            return NULL;
        }
    }
    return PyObject_Vectorcall(standing->pure, arguments, count, names);
}

/* module.view(octets) */
static PyObject *tdl_open_view(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names)
{
    const tdl_standing *const standing = (const tdl_standing *)(void *)self;
    if (PyVectorcall_NARGS(count) == 1 && names == NULL && PyBytes_CheckExact(arguments[0]) &&
        PyBytes_GET_SIZE(arguments[0]) >= standing->least && PyBytes_GET_SIZE(arguments[0]) <= standing->most) {
        return tdl_view(standing->holder, arguments[0], -1);
    }
    return PyObject_Vectorcall(standing->pure, arguments, count, names);
}

static PyType_Slot tdl_property_slots[] = {
    TDL_STANDING_SLOTS,
    {Py_tp_descr_get, (void *)tdl_read_element},
    {Py_tp_descr_set, (void *)tdl_write_behind},
    {0, NULL}
};

static PyType_Spec tdl_property_spec = {
    "tdl.native.property_", (int)sizeof(tdl_standing), 0, TDL_STANDING_FLAGS, tdl_property_slots,
};

static PyType_Spec tdl_method_spec = {
    "tdl.native.method_", (int)sizeof(tdl_standing), 0, TDL_CALLED_FLAGS | Py_TPFLAGS_METHOD_DESCRIPTOR,
    tdl_called_slots,
};

static PyTypeObject *tdl_property_type, *tdl_method_type;

/* --- taking views over: 0 if something is not as it was generated ----------------------------------------------------- */

/* A class of views: octets and a place, and nothing else. */
static PyTypeObject *tdl_view_class(PyObject *module, const char *name)
{
    PyObject *const found = PyDict_GetItemString(module, name);
    PyTypeObject *const type = (PyTypeObject *)found, *const base = tdl_types[TDL_VIEW];
    if (found == NULL || !PyType_Check(found) || !tdl_is_plain(type) || type->tp_basicsize != base->tp_basicsize) {
        return NULL;
    }
    if (!PyType_IsSubtype(type, base) && !PyType_IsSubtype(type, tdl_types[TDL_VIEWS])) {
        return NULL;
    }
    tdl_own(type);
    return type;
}

static int tdl_take_element(PyObject *module, const tdl_seen *seen)
{
    PyTypeObject *const holder = tdl_view_class(module, seen->holder);
    PyTypeObject *const below = seen->below == NULL ? NULL : tdl_view_class(module, seen->below);
    const int is_item = strcmp(seen->name, "__getitem__") == 0;
    PyObject *pure;
    tdl_standing *made = NULL;
    int done = 0;
    if (holder == NULL || (below == NULL && seen->below != NULL)) {
        return 0;
    }
    pure = PyObject_GetAttrString((PyObject *)holder, seen->name);
    if (pure != NULL && is_item && PyFunction_Check(pure)) {
        made = tdl_stand_in_for(pure, &tdl_method_type, &tdl_method_spec, holder);
    } else if (pure != NULL && !is_item && Py_IS_TYPE(pure, &PyProperty_Type)) {
        made = tdl_stand_in_for(pure, &tdl_property_type, &tdl_property_spec, holder);
    }
    if (made != NULL) {
        Py_XINCREF((PyObject *)below);
        made->below = below;
        made->seen = seen;
        made->call = tdl_read_item;
        done = PyObject_SetAttrString((PyObject *)holder, seen->name, (PyObject *)made) == 0;
        Py_DECREF((PyObject *)made);
    }
    Py_XDECREF(pure);
    return done;
}

/* Lets a table's views be opened and read by C; images have at least and at most so many octets. */
static int tdl_take_views(PyObject *module, const tdl_seen *seen, unsigned count, Py_ssize_t least, Py_ssize_t most)
{
    PyObject *const pure = PyDict_GetItemString(module, "view");
    PyTypeObject *holder;
    tdl_standing *made;
    unsigned i;
    int done;
    for (i = 0u; i < count; i++) {
        if (!tdl_take_element(module, &seen[i])) {
            return 0;
        }
    }
    if (count == 0u) {
        return 1;
    }
    holder = tdl_view_class(module, "View");
    if (holder == NULL || pure == NULL || !PyFunction_Check(pure)) {
        return 0;
    }
    made = tdl_stand_in_for(pure, &tdl_function_type, &tdl_function_spec, holder);
    if (made == NULL) {
        return 0;
    }
    made->least = least;
    made->most = most;
    made->call = tdl_open_view;
    done = PyDict_SetItemString(module, "view", (PyObject *)made);
    Py_DECREF((PyObject *)made);
    return done == 0;
}

#endif
