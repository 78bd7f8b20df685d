/*
 * private.h - the parts of the template engine to each other
 *
 *     lex.c (text to words) -> parse.c, operand.c (to nodes) -> exec.c, eval.c (to text)
 *     value.c and names.c: what a JSON value is in Go; call.c: the functions
 */
#ifndef DRYDOCK_FORMAT_PRIVATE_H
#define DRYDOCK_FORMAT_PRIVATE_H

#include "sandbox/base/base.h"
#include "sandbox/format/format.h"

enum { FORMAT_COMMAND_CELLS = 20 };

/* The rune at s and the bytes it takes (an invalid byte is itself). */
uint32_t format_rune(const char *s, size_t *ret_len);
/* Does it have a form of its own, in the eyes of Go? */
bool format_rune_prints(uint32_t rune);

/* ---- nodes ---- */

enum node_kind {
	NODE_TEXT,
	NODE_PIPE,    /* list: commands; names: variables declared or assigned */
	NODE_COMMAND, /* list: operands */
	NODE_IF,      /* pipe, body, other */
	NODE_WITH,
	NODE_RANGE,
	NODE_TEMPLATE, /* text: the name of another; pipe: its dot, or NULL */
	NODE_BREAK,
	NODE_CONTINUE,
	NODE_DOT,
	NODE_FIELD,    /* names */
	NODE_VARIABLE, /* names: "$x" and fields */
	NODE_CHAIN,    /* list: the operand; names: fields */
	NODE_FUNCTION, /* text */
	NODE_NIL,
	NODE_BOOL,
	NODE_INT,
	NODE_FLOAT,
	NODE_STRING, /* text */
};

struct node {
	enum node_kind kind;
	struct node *next; /* in the list that it is part of */
	struct node *list, *pipe, *body, *other;
	size_t at;       /* byte that errors name, from 0 */
	size_t from, to; /* its text in the source */
	const char *text;
	size_t len; /* of text, for NODE_TEXT and NODE_STRING */
	const char **names;
	size_t nnames;
	bool assigns; /* "=" instead of ":=" */
	long long i;  /* NODE_INT, NODE_BOOL */
	double f;
};

struct chunk;

/* {{define}} and {{block}}. */
struct definition {
	struct definition *next;
	const char *name;
	struct node *body;
};

struct format_template {
	char *source;
	struct node *body;
	struct definition *defined; /* newest first */
	struct chunk *chunks;       /* all nodes, names and texts */
};

/* Zeroed memory that lives as long as the template. */
void *format_template_alloc(struct format_template *t, size_t size);
char *format_template_strndup(struct format_template *t, const char *s, size_t len);

/* Appends what a string literal (without its quotes) means; false when an escape is none.
 */
bool format_template_unquote(const char *s, bool raw, struct buf *b);
/* format_template_exec for one reading of the data (enum format_data or MODE_HEADER). */
int format_template_run(const struct format_template *t, int mode, const json_t *data,
    const char *type, struct buf *out, struct err *err);

/* ---- words ---- */

enum token_kind {
	TOKEN_ERROR, /* lexer.why */
	TOKEN_EOF,
	TOKEN_TEXT,
	TOKEN_OPEN,  /* {{ */
	TOKEN_CLOSE, /* }} */
	TOKEN_SPACE,
	TOKEN_WORD,  /* identifier or keyword */
	TOKEN_FIELD, /* .Name */
	TOKEN_DOT,
	TOKEN_VARIABLE, /* $ or $name */
	TOKEN_NUMBER,
	TOKEN_CHAR,   /* 'x' */
	TOKEN_STRING, /* "x" */
	TOKEN_RAW,    /* `x` */
	TOKEN_PIPE,
	TOKEN_PAREN_OPEN,
	TOKEN_PAREN_CLOSE,
	TOKEN_DECLARE, /* := */
	TOKEN_ASSIGN,  /* = */
	TOKEN_COMMA,
	TOKEN_OTHER, /* a printable character with no meaning */
};

struct token {
	enum token_kind kind;
	size_t from, to;
};

struct lexer {
	const char *s;
	size_t at;
	bool inside;    /* between {{ and }} */
	bool trim_next; /* the last }} had a trim marker */
	int parens;
	char why[120];
};

/* The next word; TOKEN_ERROR and TOKEN_EOF stay. */
struct token format_lexer_next(struct lexer *lexer);

/* ---- values ---- */

enum value_kind {
	VALUE_NONE, /* no value at all: <no value> */
	VALUE_NIL,  /* a nil pointer or interface */
	VALUE_BOOL,
	VALUE_INT,
	VALUE_FLOAT,
	VALUE_STRING,
	VALUE_LIST,
	VALUE_MAP,
	VALUE_STRUCT,
};

/* How objects are understood: enum format_data, and the header line of a table. */
enum { MODE_HEADER = FORMAT_ROW + 1 };

struct value {
	enum value_kind kind;
	long long i; /* BOOL, INT */
	double f;
	const char *s;
	const json_t *j;  /* LIST, MAP, STRUCT; NULL or null: a nil one */
	const char *name; /* the member that it came from, "" if none */
	bool root;        /* the row itself */
};

/* A JSON value found as member `key` of a struct or map of name `parent`. */
struct value format_value_of(
    int mode, const json_t *j, const char *parent, const char *key);
/* The value of a member that Docker's struct has but JSON leaves out; NONE if unknown. */
struct value format_value_omitted(const char *parent, const char *key);
/* The member / list item, as a value. */
struct value format_value_member(
    int mode, const struct value *v, const char *key, const json_t *j);
struct value format_value_item(int mode, const struct value *v, size_t i);
struct value format_value_string(const char *s);
struct value format_value_int(long long i);
struct value format_value_bool(bool b);
bool format_value_truth(const struct value *v);
size_t format_value_len(const struct value *v);
/* Keys of a map in byte order / of a struct in its own. */
void format_value_keys(const struct value *v, struct vec *keys);
/* "string", "int", "[]string", ...; for errors. */
const char *format_value_type(int mode, const struct value *v);
/* As %v prints it: at the top level none is <no value>, inside <nil>. */
void format_value_print(int mode, struct buf *b, const struct value *v, bool inside);
/* As Docker's json function. */
void format_value_json(int mode, struct buf *b, const struct value *v);
/* A float as %v prints it. */
void format_value_float(struct buf *b, double f);

/* ---- functions ---- */

struct calls { /* what functions need while they run */
	int mode;
	struct vec strings; /* texts that values point into */
	json_t *lists;      /* arrays that values point into */
};

enum { ARGS_MAX = 32 };

/* Is there a function of this name? */
bool format_function_exists(const char *name);
/* Calls it (never `and`, `or`: they choose what to evaluate).  On failure *err has the
 * words that follow "executing ... at <...>: ". */
int format_function_call(struct calls *c, const char *name, const struct value *args,
    size_t nargs, struct value *ret, struct err *err);
/* printf.c: Go's fmt.Sprintf. */
void format_function_printf(
    int mode, struct buf *b, const char *fmt, const struct value *args, size_t nargs);
/* Owns the text until the execution ends. */
struct value format_calls_string(struct calls *c, char *taken);

#endif
