/*
 * ast.c - the parsed file as JSON, as Docker's own parser sees it
 */
#include "sandbox/dockerfile/private.h"

static void
add_strings(json_t *list, char **strings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(strings[i]));
}

/* HEALTHCHECK: the kind of test, then its command. */
static void
add_health(json_t *list, const struct dockerfile_health *h)
{
	for (size_t i = 0; h->test != NULL && h->test[i] != NULL; i++) {
		const char *word = h->test[i];
		if (i == 0 && str_eq(word, "CMD-SHELL"))
			word = "CMD";
		json_array_append_new(list, json_string(word));
	}
}

static json_t *
args_of(const struct dockerfile_instr *in)
{
	json_t *list = json_array();

	for (size_t i = 0; i < in->n_pairs; i++) {
		const struct dockerfile_pair *p = &in->pairs[i];
		if (in->kind == DOCKERFILE_ARG) {
			cleanup_free char *word =
			    xasprintf("%s%s%s", p->key, p->value != NULL ? "=" : "",
				p->value != NULL ? p->value : "");
			json_array_append_new(list, json_string(word));
			continue;
		}
		json_array_append_new(list, json_string(p->key));
		json_array_append_new(
		    list, json_string(p->value != NULL ? p->value : ""));
	}
	if (in->kind == DOCKERFILE_HEALTHCHECK)
		add_health(list, &in->health);
	else if (in->kind == DOCKERFILE_ONBUILD)
		json_array_append_new(
		    list, json_string(in->trigger != NULL ? in->trigger : ""));
	else
		add_strings(list, in->args, in->n_args);
	return list;
}

static json_t *
flags_of(const struct dockerfile_instr *in)
{
	json_t *list = json_array();

	for (size_t i = 0; i < in->n_flags; i++) {
		const struct dockerfile_flag *f = &in->flags[i];
		cleanup_free char *text =
		    xasprintf("--%s%s%s", f->name, *f->value ? "=" : "", f->value);
		json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *
heredocs_of(const struct dockerfile_instr *in)
{
	json_t *list = json_array();

	for (size_t i = 0; i < in->n_heredocs; i++) {
		const struct dockerfile_heredoc *h = &in->heredocs[i];
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:b, s:b, s:i}", "name", h->name, "content",
			h->content, "expand", h->expand, "chomp", h->chomp, "fd", h->fd));
	}
	return list;
}

static void
add_instr(json_t *list, const struct dockerfile_instr *in)
{
	json_array_append_new(
	    list, json_pack("{s:s, s:i, s:o, s:o, s:b, s:o}", "instruction",
		      dockerfile_row(in->kind)->name, "line", in->lines.first, "flags",
		      flags_of(in), "args", args_of(in), "json", in->is_json, "heredocs",
		      heredocs_of(in)));
}

json_t *
dockerfile_ast(const struct dockerfile *df)
{
	json_t *list = json_array();

	for (size_t i = 0; i < df->n_globals; i++)
		add_instr(list, &df->globals[i]);
	for (size_t i = 0; i < df->n_stages; i++) {
		const struct dockerfile_stage *st = &df->stages[i];
		add_instr(list, &st->from);
		for (size_t k = 0; k < st->n_instrs; k++)
			add_instr(list, &st->instrs[k]);
	}
	return list;
}
