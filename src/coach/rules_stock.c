/*
 * rules_stock.c - what pip or apt did not find: what there is in its place
 *
 * "Stock" is what set-up has put on this machine.  Near names come first; of the rest
 * only what somebody might ask for by name.
 */
#include "src/coach/private.h"
#include <ctype.h>
#include <stdlib.h>

enum { NEAR_MAX = 3, WITHIN_MIN = 3 };

/* ---- names near to one ---- */

/* How many letters may differ before it is another name. */
static size_t
tolerance(const char *word)
{
	size_t n = strlen(word);

	return n < 3 ? 0 : n < 5 ? 1 : n < 8 ? 2 : 3;
}

static bool
contains(const char *whole, const char *part)
{
	return strlen(part) >= WITHIN_MIN && strstr(whole, part) != NULL;
}

/* The nearest of names that is not among those taken, or -1. */
static int
nearest(const char *word, const struct vec *names, const struct vec *taken)
{
	size_t best = tolerance(word) + 1;
	int at = -1;

	for (size_t i = 0; i < names->len; i++) {
		const char *name = names->v[i];
		size_t d = str_distance(word, name);

		if (d >= best && (contains(name, word) || contains(word, name)))
			d = best - 1; /* behind what is only misspelt */
		if (d >= best || vec_has(taken, name))
			continue;
		best = d;
		at = (int)i;
	}
	return at;
}

/* Sets {near} to the first few; told[i] is how names[i] is told.  False: none is near. */
static bool
set_near(struct see *s, const char *word, const struct vec *names, const struct vec *told)
{
	cleanup_vec struct vec taken = VEC_INIT, near = VEC_INIT;
	cleanup_free char *all = NULL;
	int i;

	while (near.len < NEAR_MAX && (i = nearest(word, names, &taken)) >= 0) {
		vec_add(&taken, names->v[i]);
		vec_add(&near, told->v[i]);
	}
	all = vec_join(&near, ", ");
	see_set(s, "near", all);
	return near.len > 0;
}

static void
set_list(struct see *s, const struct vec *names)
{
	cleanup_free char *all = vec_join(names, ", ");

	see_set(
	    s, "stock", names->len > 0 ? all : "nothing yet (`drydock setup` fills it)");
}

/* ---- pip ---- */

/* pip install requirements.txt */
bool
rule_pip_no_r(struct see *s)
{
	return str_ends(see_get(s, "name"), ".txt");
}

/* "Flask==3.0" -> "flask" */
static char *
project(const char *requirement)
{
	char *name = xstrndup(requirement, strcspn(requirement, "=<>!~;[ "));

	for (char *p = name; *p != '\0'; p++)
		*p = *p == '_' ? '-' : (char)tolower((unsigned char)*p);
	return name;
}

/* Names of the projects in the wheel folder; told: "flask 3.1.1". */
static void
wheels(struct see *s, struct vec *names, struct vec *told)
{
	cleanup_vec struct vec files = VEC_INIT;

	see_strings(see_scene(s, "wheels"), &files);
	for (size_t i = 0; i < files.len; i++) {
		size_t n = strcspn(files.v[i], "-"), m;
		cleanup_free char *part = xstrndup(files.v[i], n), *name = project(part);

		vec_add(names, name);
		m = files.v[i][n] == '-' ? strcspn(files.v[i] + n + 1, "-") : 0;
		vec_addf(told, "%s %.*s", name, (int)m, files.v[i] + n + 1);
	}
}

/* The project is there in another version. */
bool
rule_pip_version(struct see *s)
{
	cleanup_vec struct vec names = VEC_INIT, told = VEC_INIT;
	cleanup_free char *name = project(see_get(s, "name")), *pin = NULL;

	wheels(s, &names, &told);
	for (size_t i = 0; i < names.len; i++)
		if (str_eq(names.v[i], name)) {
			pin = xasprintf("%s=%s", name, told.v[i] + strlen(name));
			pin[strlen(name) + 1] = '=';
			see_set(s, "near", told.v[i]);
			see_set(s, "pin", pin);
			return true;
		}
	return false;
}

bool
rule_pip_near(struct see *s)
{
	cleanup_vec struct vec names = VEC_INIT, told = VEC_INIT;
	cleanup_free char *name = project(see_get(s, "name"));

	wheels(s, &names, &told);
	return set_near(s, name, &names, &told);
}

bool
rule_pip_wheels(struct see *s)
{
	cleanup_vec struct vec names = VEC_INIT, told = VEC_INIT;

	wheels(s, &names, &told);
	vec_sort(&names);
	set_list(s, &names);
	return true;
}

/* ---- apt ---- */

/* "E: Unable to locate package x", "E: Package 'x' has no installation candidate" */
static bool
apt_lacks(struct see *s, struct vec *debs)
{
	see_strings(see_scene(s, "debs"), debs);
	return see_take(s, s->out, "name", "E: Unable to locate package ", " \n") ||
	       see_take(s, s->out, "name", "E: Package '", "'\n");
}

/* It is in stock, but apt has not looked: no line of the output is of a list fetched. */
bool
rule_apt_update(struct see *s)
{
	cleanup_vec struct vec debs = VEC_INIT;

	return apt_lacks(s, &debs) && vec_has(&debs, see_get(s, "name")) &&
	       strstr(s->out, "Get:") == NULL && strstr(s->out, "Hit:") == NULL;
}

bool
rule_apt_near(struct see *s)
{
	cleanup_vec struct vec debs = VEC_INIT;

	return apt_lacks(s, &debs) && set_near(s, see_get(s, "name"), &debs, &debs);
}

/* Without libraries and parts of others. */
bool
rule_apt(struct see *s)
{
	cleanup_vec struct vec debs = VEC_INIT, plain = VEC_INIT;

	if (!apt_lacks(s, &debs))
		return false;
	for (size_t i = 0; i < debs.len; i++)
		if (!str_starts(debs.v[i], "lib") && strchr(debs.v[i], '-') == NULL)
			vec_add(&plain, debs.v[i]);
	set_list(s, &plain);
	return true;
}

/* "E: Version '9' for 'gcc' was not found" */
bool
rule_apt_version(struct see *s)
{
	return see_take(s, s->out, "version", "E: Version '", "'\n") &&
	       see_take(s, s->out, "name", "' for '", "'\n");
}
