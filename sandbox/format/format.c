/*
 * format.c - --format of list commands: default tables, headers, rows
 */
#include "sandbox/format/private.h"
#include <stdlib.h>

static const char table_key[] = "table";

struct format {
	const struct format_spec *spec;
	struct format_template *template;
	bool table;
	struct buf rows;
};

/* The text to use: what the user gave, else the command's own. */
static const char *
choose(const struct format_spec *spec, const char *user, bool quiet)
{
	bool plain = user == NULL || *user == '\0' || str_eq(user, table_key);

	if (!plain)
		return user;
	return quiet && spec->quiet != NULL ? spec->quiet : spec->table;
}

/* Without "table", "json" spelled out, blanks cut off, \t and \n made real. */
static char *
normalize(const char *text, bool table)
{
	cleanup_free char *copy = NULL;
	struct buf b = BUF_INIT(BUF_OURS);
	size_t len;

	if (table)
		text += strlen(table_key);
	if (str_eq(text, "json"))
		text = "{{json .}}";
	text += strspn(text, " ");
	len = strlen(text);
	while (len > 0 && text[len - 1] == ' ')
		len--;
	copy = xstrndup(text, len);
	for (const char *s = copy; *s != '\0'; s++) {
		if (s[0] == '\\' && (s[1] == 't' || s[1] == 'n'))
			buf_addc(&b, *++s == 't' ? '\t' : '\n');
		else
			buf_addc(&b, *s);
	}
	return buf_take(&b);
}

struct format *
format_open(const struct format_spec *spec, const char *user, bool quiet, struct err *err)
{
	const char *chosen = choose(spec, user, quiet);
	bool table = str_starts(chosen, table_key);
	cleanup_free char *text = normalize(chosen, table);
	struct format_template *template = format_template_parse(text, err);
	struct format *f;

	if (template == NULL)
		return NULL;
	f = xcalloc(1, sizeof *f);
	*f = (struct format){.spec = spec,
	    .template = template,
	    .table = table,
	    .rows = BUF_INIT(BUF_OURS)};
	return f;
}

/* Does a list of nodes ask for the field, or for all of them? */
static bool
nodes_use(const struct node *n, const char *name)
{
	for (; n != NULL; n = n->next) {
		if (n->kind == NODE_DOT)
			return true;
		for (size_t i = 0; i < n->nnames; i++)
			if (str_eq(n->names[i], name) ||
			    (n->kind == NODE_VARIABLE && n->nnames == 1))
				return true;
		if (nodes_use(n->list, name) || nodes_use(n->pipe, name) ||
		    nodes_use(n->body, name) || nodes_use(n->other, name))
			return true;
	}
	return false;
}

bool
format_uses(const struct format *f, const char *name)
{
	return nodes_use(f->template->body, name);
}

int
format_row(struct format *f, json_t *row, struct err *err)
{
	cleanup_json json_t *owned = row;

	if (format_template_exec(
		f->template, FORMAT_ROW, owned, f->spec->type, &f->rows, err) < 0)
		return -1;
	buf_addc(&f->rows, '\n');
	return 0;
}

/* The template once more, over the names of the columns. */
static void
add_header(const struct format *f, struct buf *out)
{
	cleanup_json json_t *names = json_object();
	struct err ignored = ERR_INIT;

	for (const struct format_field *field = f->spec->fields; field->name != NULL;
	     field++)
		json_object_set_new(names, field->name, json_string(field->header));
	/* As in Docker, a header that cannot be made is left short, not an error. */
	(void)format_template_run(f->template, MODE_HEADER, names, NULL, out, &ignored);
	buf_addc(out, '\n');
}

void
format_finish(struct format *f, struct buf *out)
{
	cleanup_buf struct buf all = BUF_INIT(BUF_OURS);

	if (!f->table) {
		buf_add(out, f->rows.s, f->rows.len);
		return;
	}
	add_header(f, &all);
	buf_add(&all, f->rows.s, f->rows.len);
	format_columns(out, all.s);
}

void
format_free(struct format *f)
{
	if (f == NULL)
		return;
	format_template_free(f->template);
	buf_done(&f->rows);
	free(f);
}

void
format_free_p(struct format **f)
{
	format_free(*f);
	*f = NULL;
}
