/*
 * ast.c - the lines as JSON, as Docker's own parser sees them
 *
 * Nothing is judged: an instruction that the builder would refuse stands here too, as
 * long as its words can be read.
 */
#include "sandbox/dockerfile/private.h"

/* Bytes that are no UTF-8 cannot stand in JSON: each is U+FFFD then.  Gives. */
static json_t *
json_text(const char *s)
{
	cleanup_buf struct buf clean = BUF_INIT(BUF_OURS);
	json_t *string = json_string(s);

	if (string != NULL)
		return string;
	while (*s != '\0') {
		size_t len = str_utf8_len(s);

		if (len == 1 && (unsigned char)*s >= 0x80)
			buf_adds(&clean, "\xef\xbf\xbd");
		else
			buf_add(&clean, s, len);
		s += len;
	}
	string = json_string(clean.s);
	return string != NULL ? string : json_string("");
}

static void
add_string(json_t *list, const char *s)
{
	json_array_append_new(list, json_text(s));
}

static void
add_pair(json_t *list, const struct dockerfile_pair *p, bool joined)
{
	if (joined) {
		cleanup_free char *word = xasprintf("%s%s%s", p->key,
		    p->value != NULL ? "=" : "", p->value != NULL ? p->value : "");
		add_string(list, word);
		return;
	}
	add_string(list, p->key);
	add_string(list, p->value != NULL ? p->value : "");
}

static void
add_args(json_t *list, const struct df_node *n)
{
	const struct dockerfile_instr *in = &n->in;

	if (n->first != NULL && *n->first != '\0')
		add_string(list, n->first);
	if (n->sub != NULL) {
		add_string(list, n->sub->in.keyword);
		add_args(list, n->sub);
	}
	for (size_t i = 0; i < in->n_pairs; i++)
		add_pair(list, &in->pairs[i], in->kind == DOCKERFILE_ARG);
	for (size_t i = 0; i < in->n_args; i++)
		add_string(list, in->args[i]);
}

static json_t *
heredocs_of(const struct dockerfile_instr *in)
{
	json_t *list = json_array();

	for (size_t i = 0; i < in->n_heredocs; i++) {
		const struct dockerfile_heredoc *h = &in->heredocs[i];

		json_array_append_new(
		    list, json_pack("{s:o, s:o, s:b, s:b, s:i}", "name",
			      json_text(h->name), "content", json_text(h->raw), "expand",
			      h->expand, "chomp", h->chomp, "fd", h->fd));
	}
	return list;
}

static bool
is_json(const struct df_node *n)
{
	return n->in.is_json || (n->sub != NULL && is_json(n->sub));
}

static json_t *
instruction(const struct df_node *n)
{
	cleanup_free char *name = xstrdup(n->in.keyword);
	json_t *args = json_array(), *flags = json_array();

	for (char *p = name; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p -= 32;
	for (size_t i = 0; i < n->n_raw_flags; i++)
		add_string(flags, n->raw_flags[i]);
	add_args(args, n);
	return json_pack("{s:o, s:i, s:o, s:o, s:b, s:o}", "instruction", json_text(name),
	    "line", n->in.lines.first, "flags", flags, "args", args, "json", is_json(n),
	    "heredocs", heredocs_of(&n->in));
}

int
dockerfile_ast_each(const char *text, size_t len, dockerfile_ast_fn *each, void *user,
    struct dockerfile_range *ret_where, struct err *err)
{
	cleanup_dockerfile struct dockerfile *df = df_new();
	cleanup_df_reader struct df_reader r = {
	    .df = df, .p = text, .end = text + len, .comment = BUF_INIT(BUF_OURS)};
	cleanup_df_nodes struct df_nodes all = {0};

	*ret_where = (struct dockerfile_range){0};
	if (df_read_nodes(&r, &all, ret_where, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		each(user, instruction(&all.v[i]));
	return 0;
}

static void
append(void *user, json_t *one)
{
	json_array_append_new(user, one);
}

json_t *
dockerfile_ast(
    const char *text, size_t len, struct dockerfile_range *ret_where, struct err *err)
{
	json_t *list = json_array();

	if (dockerfile_ast_each(text, len, append, list, ret_where, err) == 0)
		return list;
	json_decref(list);
	return NULL;
}
