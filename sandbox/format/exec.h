/*
 * exec.h - one execution of a template: exec.c walks, eval.c computes
 */
#ifndef DRYDOCK_FORMAT_EXEC_H
#define DRYDOCK_FORMAT_EXEC_H

#include "sandbox/format/private.h"

struct variable {
	const char *name;
	struct value value;
};

struct exec {
	const struct format_template *t;
	struct calls calls;
	const char *type; /* of the row, or of the object */
	const json_t *data;
	struct variable *variables;
	size_t nvariables, cap;
	const char *name; /* of the definition that is being walked, "" outside */
	int depth;        /* of templates that call templates */
	struct buf *out;
	struct err *err;
};

/* Fills x->err with "template: :LINE:COL: executing ... at <node>: " and the rest; -1. */
int format_exec_fail(struct exec *x, const struct node *n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A new variable, up to when nvariables is set back. */
void format_exec_push(struct exec *x, const char *name, const struct value *v);
/* The i-th variable that the pipeline declares or assigns. */
void format_exec_set(
    struct exec *x, const struct node *pipe, size_t i, const struct value *v);
/* Evaluates, and sets a single variable that the pipeline declares. */
int format_exec_pipeline(
    struct exec *x, const struct value *dot, const struct node *pipe, struct value *ret);

#endif
