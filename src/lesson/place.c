/*
 * place.c - placeholders: what the student has to fill in
 */
#include "src/lesson/part.h"
#include "src/lesson/words.h"
#include "src/render/render.h"
#include <ctype.h>

/* Any script may stand in a placeholder. */
static bool
is_letter(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '_' ||
	       c == '-' || c == ' ';
}

size_t
placeholder_at(const char *s, bool word_start)
{
	size_t n;

	if (*s == '<' && (isalpha((unsigned char)s[1]) || (unsigned char)s[1] >= 0x80)) {
		for (n = 1; n <= 60 && is_letter(s[n]);)
			n++;
		if (s[n] != '>' || s[n - 1] == ' ' || n > 60 ||
		    render_html_name(s + 1, n - 1))
			return 0;
		return n + 1;
	}
	if (word_start && str_starts(s, "YOUR_")) {
		n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
		return n > 5 && !isalnum((unsigned char)s[n]) ? n : 0;
	}
	return 0;
}

static void
add_placeholder(struct lesson *l, const char *text, size_t len, int line)
{
	char *name = xstrndup(
	    text + (*text == '<' || *text == '$'), len - (*text == '<'      ? 2
							     : *text == '$' ? 1
									    : 0));

	for (char *c = name; *c != '\0'; c++)
		*c = *c == ' ' || *c == '-' ? '_' : (char)tolower((unsigned char)*c);
	for (size_t i = 0; i < l->nplaceholders; i++)
		if (strlen(l->placeholders[i].text) == len &&
		    strncmp(l->placeholders[i].text, text, len) == 0) {
			free(name);
			return;
		}
	if (l->nplaceholders >= 200) {
		free(name);
		return;
	}
	l->placeholders =
	    xrealloc(l->placeholders, (l->nplaceholders + 1) * sizeof *l->placeholders);
	l->placeholders[l->nplaceholders++] = (struct lesson_placeholder){
	    .name = name, .text = xstrndup(text, len), .line = line};
}

/* Names that a shell sets in the document: NAME=..., read NAME, for NAME in. */
static void
find_assigned(const char *text, struct vec *names)
{
	struct tokens ts cleanup_tokens = {0};

	tokens_shell(text, &ts);
	for (size_t i = 0; i < ts.len; i++) {
		const char *t = ts.t[i].text;
		size_t n = strspn(t, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

		if (n > 0 && t[n] == '=')
			vec_take(names, xstrndup(t, n));
		if (i > 0 &&
		    (str_eq(ts.t[i - 1].text, "read") || str_eq(ts.t[i - 1].text, "for")))
			vec_add(names, t);
	}
}

static bool
is_environment(const char *name)
{
	static const char *const names[] = {"HOME", "PATH", "USER", "PWD", "OLDPWD",
	    "SHELL", "TERM", "LANG", "HOSTNAME", "UID", "EUID", "RANDOM", "SECONDS",
	    "LINENO", "IFS", "PS1", "PS2", "EDITOR", "TMPDIR", "LOGNAME", "COLUMNS",
	    "LINES", "BASH", "BASH_VERSION", "PPID", "SHLVL", "HOSTTYPE"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(names[i], name))
			return true;
	return strspn(name, "0123456789_") == strlen(name);
}

/* $NAME outside of single quotes, never assigned and not of the environment. */
static size_t
variable_at(const char *s, const struct vec *assigned)
{
	size_t n = *s == '$' ? strspn(s + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") : 0;
	char *name cleanup_free = NULL;

	if (n < 2 || islower((unsigned char)s[n + 1]))
		return 0;
	name = xstrndup(s + 1, n);
	return vec_has(assigned, name) || is_environment(name) ? 0 : n + 1;
}

static void
find_in_text(struct lesson *l, const char *text, const struct vec *assigned, int line)
{
	bool single = false;

	for (const char *p = text; *p != '\0'; p++) {
		size_t n = placeholder_at(p, p == text || !isalnum((unsigned char)p[-1]));

		single ^= *p == '\'';
		if (n == 0 && !single && (p == text || p[-1] != '\\'))
			n = variable_at(p, assigned);
		if (n > 0) {
			add_placeholder(l, p, n, line);
			p += n - 1;
		}
	}
}

static void
each_command(struct lesson *l, const struct lesson_action *list, size_t n,
    struct vec *assigned, bool collect)
{
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < list[i].ncommands; c++) {
			if (collect)
				find_assigned(list[i].commands[c].text, assigned);
			else
				find_in_text(l, list[i].commands[c].text, assigned,
				    list[i].commands[c].line);
		}
}

/* "parameters: port, tag" of an assignment: {{port}}, {{tag}}. */
static void
add_parameters(struct lesson *l)
{
	const char *list = vec_env_get(&l->settings, "parameters");
	struct vec names cleanup_vec = VEC_INIT;

	vec_split(&names, list != NULL ? list : "", " ,\t");
	for (size_t i = 0; i < names.len; i++) {
		char *text cleanup_free = xasprintf("{{%s}}", names.v[i]);

		add_placeholder(l, text, strlen(text), 1);
		free(l->placeholders[l->nplaceholders - 1].name);
		l->placeholders[l->nplaceholders - 1].name = xstrdup(names.v[i]);
	}
}

void
placeholders_find(struct lesson *l)
{
	struct vec assigned cleanup_vec = VEC_INIT;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < l->nsteps; i++) {
			const struct lesson_step *s = &l->steps[i];

			each_command(l, s->actions, s->nactions, &assigned, pass == 0);
			for (size_t p = 0; p < s->nparts; p++)
				each_command(l, s->parts[p].actions, s->parts[p].nactions,
				    &assigned, pass == 0);
		}
	add_parameters(l);
}

void
lesson_fill(
    const struct lesson *l, const char *text, const struct vec *values, struct buf *out)
{
	while (*text != '\0') {
		const char *value = NULL;
		size_t len = 0;

		for (size_t i = 0; i < l->nplaceholders; i++) {
			const struct lesson_placeholder *p = &l->placeholders[i];
			size_t n = strlen(p->text);

			if (n > len && strncmp(text, p->text, n) == 0 &&
			    vec_env_get(values, p->name) != NULL) {
				value = vec_env_get(values, p->name);
				len = n;
			}
		}
		if (value != NULL) {
			buf_adds(out, value);
			text += len;
		} else {
			buf_addc(out, *text++);
		}
	}
}
