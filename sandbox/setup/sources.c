/*
 * sources.c - apt's configuration as text; see sources.h
 */
#include "sandbox/setup/sources.h"
#include <ctype.h>
#include <strings.h>

static const char *const releases[] = {"stable", "oldstable", "oldoldstable", "testing",
    "unstable", "sid", "bullseye", "bookworm", "trixie", "forky", "duke"};
static const char *const methods[] = {"http://", "https://", "file:/"};

void
mirrors_done(struct mirrors *m)
{
	vec_done(&m->main);
	vec_done(&m->security);
}

/* Is it a suite of Debian, and of which archive?  "bookworm-updates", "bullseye/updates".
 */
static bool
is_debian_suite(const char *suite, bool *security)
{
	for (size_t i = 0; i < ARRAY_LEN(releases); i++) {
		const char *rest = str_after(suite, releases[i]);

		if (rest == NULL || (*rest != '\0' && *rest != '-' && *rest != '/'))
			continue;
		*security = str_starts(rest, "-security") || str_eq(rest, "/updates");
		return true;
	}
	return false;
}

static bool
is_known_method(const char *uri)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (str_starts(uri, methods[i]))
			return true;
	return false;
}

static bool
has_usual_name(const char *uri)
{
	return str_ends(uri, "/debian") || str_ends(uri, "/debian-security");
}

/* Addresses that end as Debian's mirrors usually do come before all others. */
static void
add_address(struct vec *v, const char *address)
{
	cleanup_free char *uri = xstrdup(address);
	size_t len = strlen(uri), at = 0;

	while (len > 0 && uri[len - 1] == '/')
		uri[--len] = '\0';
	if (!is_known_method(uri) || vec_has(v, uri))
		return;
	if (has_usual_name(uri))
		while (at < v->len && has_usual_name(v->v[at]))
			at++;
	else
		at = v->len;
	vec_insert(v, at, uri);
}

static void
add_source(struct mirrors *m, const struct vec *uris, const struct vec *suites,
    const struct vec *components)
{
	bool security;

	if (!vec_has(components, "main"))
		return;
	for (size_t s = 0; s < suites->len; s++) {
		if (!is_debian_suite(suites->v[s], &security))
			continue;
		for (size_t u = 0; u < uris->len; u++)
			add_address(security ? &m->security : &m->main, uris->v[u]);
	}
}

/* "deb [options] uri suite component..." */
static void
parse_list_line(char *line, struct mirrors *m)
{
	cleanup_vec struct vec words = VEC_INIT, uris = VEC_INIT, suites = VEC_INIT;
	char *open;

	line[strcspn(line, "#")] = '\0';
	line = str_trim(line);
	if (!str_starts(line, "deb ") && !str_starts(line, "deb\t"))
		return;
	line = str_trim(line + 3);
	if (*line == '[') {
		open = strchr(line, ']');
		if (open == NULL)
			return;
		line = open + 1;
	}
	vec_split(&words, line, " \t");
	if (words.len < 3)
		return;
	vec_add(&uris, words.v[0]);
	vec_add(&suites, words.v[1]);
	add_source(m, &uris, &suites, &words);
}

void
sources_parse_list(const char *text, struct mirrors *m)
{
	cleanup_vec struct vec lines = VEC_INIT;

	vec_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.len; i++)
		parse_list_line(lines.v[i], m);
}

/* The fields of a stanza that matter, values as words. */
struct stanza {
	struct vec types, uris, suites, components, enabled;
};

static struct vec *
stanza_field(struct stanza *s, const char *name, size_t len)
{
	const struct {
		const char *name;
		struct vec *field;
	} fields[] = {
	    {"Types", &s->types},
	    {"URIs", &s->uris},
	    {"Suites", &s->suites},
	    {"Components", &s->components},
	    {"Enabled", &s->enabled},
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (strlen(fields[i].name) == len &&
		    strncasecmp(fields[i].name, name, len) == 0)
			return fields[i].field;
	return NULL;
}

static void
stanza_end(struct stanza *s, struct mirrors *m)
{
	if (vec_has(&s->types, "deb") && !vec_has(&s->enabled, "no") &&
	    !vec_has(&s->enabled, "false"))
		add_source(m, &s->uris, &s->suites, &s->components);
	vec_done(&s->types);
	vec_done(&s->uris);
	vec_done(&s->suites);
	vec_done(&s->components);
	vec_done(&s->enabled);
}

void
sources_parse_deb822(const char *text, struct mirrors *m)
{
	struct stanza s = {VEC_INIT, VEC_INIT, VEC_INIT, VEC_INIT, VEC_INIT};
	struct vec *field = NULL;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		cleanup_free char *line = xstrndup(text, len);
		char *colon = strchr(line, ':');

		text += len + (text[len] == '\n');
		if (*line == '#')
			continue;
		if (line[strspn(line, " \t\r")] == '\0') {
			stanza_end(&s, m);
			field = NULL;
		} else if (*line == ' ' || *line == '\t') {
			if (field != NULL)
				vec_split(field, line, " \t\r");
		} else if (colon != NULL) {
			field = stanza_field(&s, line, (size_t)(colon - line));
			if (field != NULL)
				vec_split(field, colon + 1, " \t\r");
		}
	}
	stanza_end(&s, m);
}

void
mirrors_add_base(struct mirrors *m, const char *base)
{
	size_t len = strlen(base);
	cleanup_free char *stem = NULL, *main_uri = NULL, *security = NULL;

	while (len > 0 && base[len - 1] == '/')
		len--;
	stem = xstrndup(base, len);
	if (str_ends(stem, "/debian"))
		stem[len - strlen("/debian")] = '\0';
	main_uri = xasprintf("%s/debian", stem);
	security = xasprintf("%s/debian-security", stem);
	add_address(&m->main, main_uri);
	add_address(&m->security, security);
}

/* For each address that ends in `from`: the same with `to`, if it is not there. */
static void
add_neighbours(const struct vec *in, const char *from, struct vec *out, const char *to)
{
	for (size_t i = 0; i < in->len; i++) {
		cleanup_free char *uri = NULL;

		if (!str_ends(in->v[i], from))
			continue;
		uri = xasprintf(
		    "%.*s%s", (int)(strlen(in->v[i]) - strlen(from)), in->v[i], to);
		add_address(out, uri);
	}
}

void
mirrors_add_neighbours(struct mirrors *m)
{
	add_neighbours(&m->main, "/debian", &m->security, "/debian-security");
	add_neighbours(&m->security, "/debian-security", &m->main, "/debian");
}

void
mirrors_urls(const struct mirrors *m, const char *lock_path, struct vec *urls)
{
	const char *rest = strchr(lock_path, '/');
	bool security = str_starts(lock_path, "debian-security/");
	const struct vec *order[] = {
	    security ? &m->security : &m->main, security ? &m->main : &m->security};

	if (rest == NULL)
		return;
	for (size_t o = 0; o < ARRAY_LEN(order); o++)
		for (size_t i = 0; i < order[o]->len; i++)
			vec_addf(urls, "%s%s", order[o]->v[i], rest);
}

char *
sources_parse_proxy(const char *text)
{
	static const char option[] = "Acquire::http::Proxy";
	cleanup_vec struct vec lines = VEC_INIT;

	vec_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		char *line = str_trim(lines.v[i]), *open, *end;

		if (strncasecmp(line, option, strlen(option)) != 0)
			continue;
		line += strlen(option);
		open = strchr(line, '"');
		/* Acquire::http::Proxy::HOST is for one host only. */
		if (*line == ':' || open == NULL || (end = strchr(open + 1, '"')) == NULL)
			continue;
		*end = '\0';
		if (open[1] != '\0' && !str_eq(open + 1, "DIRECT"))
			return xstrdup(open + 1);
	}
	return NULL;
}
