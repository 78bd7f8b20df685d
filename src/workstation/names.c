/*
 * names.c - what bash is asked for a completion, and its answer taken apart
 */
#include "src/workstation/private.h"
#include <stdlib.h>

static char *
quoted(const char *word)
{
	struct buf b = BUF_INIT(BUF_OURS);

	buf_addc(&b, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_adds(&b, "'\\''");
		else
			buf_addc(&b, *word);
	}
	buf_addc(&b, '\'');
	return buf_take(&b);
}

char *
names_question(enum workstation_names what, const char *word)
{
	cleanup_free char *q = quoted(word);

	switch (what) {
	case WORKSTATION_COMMANDS: return xasprintf("compgen -c -- %s", q);
	case WORKSTATION_VARIABLES: return xasprintf("compgen -v -- %s", q);
	case WORKSTATION_FILES: break;
	}
	return xasprintf("compgen -d -- %s; echo //; compgen -f -- %s", q, q);
}

/* Lines of an answer; folders were asked for first, up to a line "//". */
void
names_split(const char *answer, struct vec *ret)
{
	cleanup_vec struct vec lines = VEC_INIT, folders = VEC_INIT;
	bool before = strstr(answer, "//\n") != NULL;

	vec_split(&lines, answer, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		if (before && str_eq(lines.v[i], "//"))
			before = false;
		else if (before)
			vec_add(&folders, lines.v[i]);
		else
			vec_addf(ret, "%s%s", lines.v[i],
			    vec_has(&folders, lines.v[i]) ? "/" : "");
	}
}
