/*
 * format.h - Go's template language, tables, human numbers and times
 *
 * Everything about how a result looks that `docker` shares between its
 * commands: --format, the column writer, sizes, ages, quoting, the PORTS cell.
 * Pure: data comes in as JSON values, text goes out into a buf.  It knows no
 * container, image or command; their field lists are tables of the caller.
 */
#ifndef DRYDOCK_FORMAT_H
#define DRYDOCK_FORMAT_H

#include "sandbox/base/buf.h"
#include "sandbox/base/err.h"
#include "sandbox/base/json.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- human numbers and times (docker/go-units, buildkit) ---- */

enum { FORMAT_TEXT = 64 };

/* Three digits, base 1000: "0B", "13.3kB", "8.32MB", "1.01GB" (images, ps, history). */
void format_size(double bytes, char out[FORMAT_TEXT]);
/* Four digits, base 1000: "2.746MB" (prune, system df, pull). */
void format_size4(double bytes, char out[FORMAT_TEXT]);
/* Four digits, base 1024: "7.7GiB" (stats, info). */
void format_size_binary(double bytes, char out[FORMAT_TEXT]);
/* BuildKit's progress: "37B", "1.23kB", "10.20MB". */
void format_size_build(int64_t bytes, char out[FORMAT_TEXT]);
/* A duration in ns as words: "Less than a second", "About an hour", "3 weeks". */
void format_duration(int64_t ns, char out[FORMAT_TEXT]);
/* The same of now - then, and " ago". */
void format_ago(int64_t then, int64_t now, char out[FORMAT_TEXT]);

/* ---- strings ---- */

/* At most `cells` terminal cells; a longer text ends in U+2026.  Gives; free(). */
char *format_ellipsis(const char *s, size_t cells);
/* Appends s as Go's %q: double quotes, \n \t \" \\ \x1b, printable UTF-8 kept. */
void format_quote(struct buf *b, const char *s);
/* The COMMAND cell: %q of argv joined by blanks, cut to 20 cells unless no_trunc.  As in
 * Docker an argument (not the program) with a blank is put in single quotes.  Gives;
 * free(). */
char *format_command(char *const *argv, bool no_trunc);

struct format_port {
	const char *ip; /* "0.0.0.0", "::"; NULL or "" when not published */
	uint16_t host;  /* 0: exposed only */
	uint16_t container;
	const char *proto; /* "tcp" */
};

/* The PORTS cell: sorted, ranges grouped: "0.0.0.0:5000->5000/tcp, 80-82/tcp".  Gives. */
char *format_ports(const struct format_port *ports, size_t count);

/* ---- the column writer (Go's text/tabwriter: minwidth 10, padding 3) ---- */

/* Appends `text` with its tabs turned into columns.  A cell belongs to a column when a
 * tab ends it; what follows the last tab of a line is never padded. */
void format_columns(struct buf *out, const char *text);
/* The same with other numbers, e.g. 20 and 3 for `docker top`. */
void format_columns_width(
    struct buf *out, const char *text, size_t minwidth, size_t padding);

/* ---- templates (Go's text/template with Docker's functions) ---- */

/* The language: fields, variables, pipelines, if/else if/with/range/else/end, break,
 * continue, comments, trim markers; Go's and not or len index slice print printf println
 * html eq ne lt le gt ge; Docker's json split join title lower upper pad truncate.  Not
 * there: define, template, block, call, js, urlquery (a parse error says so).  `trim` is
 * none of Docker's. */

/* How the JSON value given to a template is to be understood.  JSON objects stand for Go
 * structs as well as for Go maps, which behave differently:
 *   struct   members in their order (`json`), printed {a b c}; an unknown field is an
 * error map      sorted by key (`json`, range, printing map[k:v]); a missing key is <no
 * value>
 */
enum format_data {
	/* Every object is a map; a missing key is an error ("map has no entry for key").
	 */
	FORMAT_MAPS,
	/* What `docker inspect` gives: an object is a struct unless its member name is
	 * one that Docker keeps as a map (Labels, ExposedPorts, Volumes, Ports, Networks,
	 * Options ...: the table in names.c).  null there prints as map[], in list
	 * members as [], else <nil>; members that Docker omits when empty are found all
	 * the same.  As in Docker, a template that fails is tried again as FORMAT_MAPS,
	 * and that error counts;
	 * not so when the object's type is given. */
	FORMAT_STRUCTS,
	/* A row of a list command: fields are Docker's methods.  A member that is an
	 * object is a method with one argument: {{.Label "role"}} looks "role" up in
	 * member Label ("" when missing).  `json .` leaves such members out and sorts the
	 * rest. */
	FORMAT_ROW,
};

struct format_template;
#define cleanup_template __attribute__((cleanup(format_template_free_p)))

/* Parses once.  Gives; free with format_template_free.  ERR_INPUT with Docker's text:
 * "template parsing error: template: :1: unclosed action". */
struct format_template *format_template_parse(const char *text, struct err *err);
void format_template_free(struct format_template *t);
void format_template_free_p(struct format_template **t);
/* Appends the result to out (bounded by out->max).  On failure what was printed until
 * then stays in out, except with FORMAT_STRUCTS, where out is as before.  type: Go's name
 * of the row, for "can't evaluate field X in type *formatter.ContainerContext"; NULL
 * otherwise. */
int format_template_exec(const struct format_template *t, enum format_data kind,
    const json_t *data, const char *type, struct buf *out, struct err *err);

/* ---- --format of list commands ---- */

struct format_field {
	const char *name;   /* "CreatedAt" */
	const char *header; /* "CREATED AT" */
};

struct format_spec {      /* a const table of the command */
	const char *type; /* "*formatter.ContainerContext" */
	const char
	    *table; /* default: "table {{.ID}}\t{{.Image}}..." (real tabs or "\\t") */
	const char *quiet; /* for -q: "{{.ID}}"; NULL: the command has no -q */
	const struct format_field *fields; /* ends with a NULL name */
};

struct format;
#define cleanup_format __attribute__((cleanup(format_free_p)))

/* user: the --format text ("table", "json", "table {{...}}", "{{...}}"), NULL or "" for
 * the default.  -q wins over the default and over "table", as in Docker.  The spec must
 * outlive the format.  Gives; format_free.  ERR_INPUT as format_template_parse. */
struct format *format_open(
    const struct format_spec *spec, const char *user, bool quiet, struct err *err);
/* Does the text make use of field `name`?  For fields that cost something (Size). */
bool format_uses(const struct format *f, const char *name);
/* Adds a row; takes the object (strings as values, see FORMAT_ROW). */
int format_row(struct format *f, json_t *row, struct err *err);
/* Appends everything to out: header and columns for tables, one line a row otherwise. */
void format_finish(struct format *f, struct buf *out);
void format_free(struct format *f);
void format_free_p(struct format **f);

#endif
