/*
 * see.c - a command and its surroundings, ready to be looked at
 */
#include "src/check/check.h"
#include "src/coach/private.h"
#include <ctype.h>
#include <stdlib.h>

/* The end of an escape sequence that begins at p. */
static const char *
skip_escape(const char *p)
{
	p++;
	if (*p == '[') {
		p++;
		while (*p != '\0' && (*p < '@' || *p > '~'))
			p++;
		return *p != '\0' ? p + 1 : p;
	}
	if (*p == ']') {
		while (*p != '\0' && *p != '\a' && *p != '\033')
			p++;
		return *p == '\a' ? p + 1 : p;
	}
	return *p != '\0' ? p + 1 : p;
}

static char *
plain(const char *text)
{
	struct buf b = BUF_INIT(BUF_OURS);

	while (*text != '\0') {
		if (*text == '\033') {
			text = skip_escape(text);
			continue;
		}
		if (*text != '\r')
			buf_addc(&b, *text);
		text++;
	}
	return buf_take(&b);
}

static bool
is_operator(const char *word)
{
	return str_eq(word, "&&") || str_eq(word, "||") || str_eq(word, "|") ||
	       str_eq(word, ";") || str_eq(word, "&");
}

void
see_open(struct see *s, const struct coach_input *in)
{
	cleanup_free char *line = xstrdup(in->line);
	size_t i = 0;

	*s = (struct see){
	    .in = in, .words = VEC_INIT, .docker = VEC_INIT, .vars = VEC_INIT};
	s->line = xstrdup(str_trim(line));
	s->out = plain(in->output);
	s->failed = in->status != 0 ||
		    (strchr(s->line, '|') != NULL &&
			(strstr(s->out, "ERROR: ") != NULL ||
			    strstr(s->out, "Error response from daemon") != NULL));
	check_split(s->line, &s->words);
	while (i < s->words.len && !str_eq(s->words.v[i], "docker"))
		i++;
	for (i++; i < s->words.len && !is_operator(s->words.v[i]); i++)
		vec_add(&s->docker, s->words.v[i]);
}

void
see_done(struct see *s)
{
	free(s->line);
	free(s->out);
	vec_done(&s->words);
	vec_done(&s->docker);
	vec_done(&s->vars);
}

void
see_set(struct see *s, const char *name, const char *value)
{
	vec_env_set(&s->vars, name, value);
}

const char *
see_get(const struct see *s, const char *name)
{
	const char *value = vec_env_get(&s->vars, name);

	return value != NULL ? value : "";
}

bool
see_take(struct see *s, const char *text, const char *name, const char *after,
    const char *stop)
{
	const char *at = strstr(text, after);
	cleanup_free char *value = NULL;

	if (at == NULL)
		return false;
	at += strlen(after);
	value = xstrndup(at, strcspn(at, stop));
	if (*value == '\0')
		return false;
	see_set(s, name, value);
	return true;
}

const json_t *
see_scene(struct see *s, const char *key)
{
	if (s->scene == NULL && s->in->scene != NULL)
		s->scene = s->in->scene(s->in->arg);
	return json_object_get(s->scene, key);
}

bool
see_docker(const struct see *s, const char *name)
{
	static const char *const groups[] = {"container", "image", "buildx", "builder"};

	if (s->docker.len == 0)
		return false;
	if (str_eq(s->docker.v[0], name))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (str_eq(s->docker.v[0], groups[i]))
			return s->docker.len > 1 && str_eq(s->docker.v[1], name);
	return false;
}

void
see_strings(const json_t *array, struct vec *ret)
{
	const json_t *one;
	size_t i;

	json_array_foreach(array, i, one) if (json_is_string(one))
	    vec_add(ret, json_string_value(one));
}

const char *
see_nearest(const char *word, const struct vec *names)
{
	return str_nearest(word, (const char *const *)names->v, 4);
}

const json_t *
see_container(struct see *s, const char *name)
{
	const json_t *all = see_scene(s, "containers"), *c;
	size_t i;

	json_array_foreach(
	    all, i, c) if (str_eq(json_get_str(c, "name", ""), name)) return c;
	return NULL;
}

const json_t *
see_publisher(struct see *s, long long port)
{
	const json_t *all = see_scene(s, "containers"), *c, *p;
	size_t i, k;

	json_array_foreach(all, i, c) json_array_foreach(json_object_get(c, "ports"), k,
	    p) if (see_running(c) && json_get_int(p, "host", 0) == port) return c;
	return NULL;
}

const char *
see_log(struct see *s, const json_t *container)
{
	return json_get_str(
	    see_scene(s, "logs"), json_get_str(container, "name", ""), "");
}

bool
see_running(const json_t *container)
{
	return str_eq(json_get_str(container, "status", ""), "running");
}

char *
see_state(const json_t *container)
{
	if (see_running(container))
		return xstrdup("is running");
	if (str_eq(json_get_str(container, "status", ""), "created"))
		return xstrdup("was created and never started");
	return xasprintf(
	    "has ended with exit code %lld", json_get_int(container, "exit_code", 0));
}

long long
see_port(const struct see *s)
{
	static const char *const hosts[] = {"localhost", "127.0.0.1", "0.0.0.0"};

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		const char *at = strstr(s->line, hosts[i]);

		if (at == NULL)
			continue;
		at += strlen(hosts[i]);
		return *at == ':' && isdigit((unsigned char)at[1])
			   ? strtoll(at + 1, NULL, 10)
			   : 80;
	}
	return 0;
}
