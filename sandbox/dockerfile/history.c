/*
 * history.c - the created_by texts of an image's history, as engine 26.1 has them
 *
 * They are Go's ways to print lists and maps, which the newer frontend replaced
 * in places; students meet the older ones in books and on their machines.
 */
#include "sandbox/dockerfile/private.h"

static void
add_joined(struct buf *out, const struct vec *words)
{
	for (size_t i = 0; words != NULL && i < words->len; i++)
		buf_addf(out, "%s%s", i > 0 ? " " : "", words->v[i]);
}

/* ["a" "b"] */
static void
add_quoted(struct buf *out, char *const *words)
{
	buf_addc(out, '[');
	for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
		if (i > 0)
			buf_addc(out, ' ');
		dockerfile_quote(out, words[i]);
	}
	buf_addc(out, ']');
}

/* map[5000/tcp:{} 80/udp:{}] */
static void
add_map(struct buf *out, const struct vec *keys)
{
	buf_adds(out, "map[");
	for (size_t i = 0; keys != NULL && i < keys->len; i++)
		buf_addf(out, "%s%s:{}", i > 0 ? " " : "", keys->v[i]);
	buf_addc(out, ']');
}

/* "|2 A=1 B=2 " of the ARGs in scope. */
static void
add_build_args(struct buf *out, const struct vec *args)
{
	if (args == NULL || args->len == 0)
		return;
	buf_addf(out, "|%zu ", args->len);
	add_joined(out, args);
	buf_addc(out, ' ');
}

/* A number as Go's %q shows it: a character in single quotes. */
static void
add_rune(struct buf *out, int c)
{
	static const char from[] = "\a\b\f\n\r\t\v\\'", to[] = "abfnrtv\\'";
	const char *at = c > 0 && c < 128 ? strchr(from, c) : NULL;

	if (at != NULL)
		buf_addf(out, "'\\%c'", to[at - from]);
	else if (c < ' ' || c == 127)
		buf_addf(out, "'\\x%02x'", (unsigned)c);
	else if (c < 127)
		buf_addf(out, "'%c'", c);
	else
		buf_addf(out, "'\\u%04x'", (unsigned)c);
}

static void
add_health(struct buf *out, const struct dockerfile_health *h)
{
	const long long times[] = {
	    h->interval, h->timeout, h->start_period, h->start_interval};

	buf_adds(out, "&{");
	add_quoted(out, h->test);
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		buf_adds(out, " \"");
		dockerfile_add_duration(out, times[i]);
		buf_addc(out, '"');
	}
	buf_addc(out, ' ');
	add_rune(out, h->retries);
	buf_addc(out, '}');
}

static void
add_copy(struct buf *out, const struct dockerfile_instr *in,
    const struct dockerfile_done *done)
{
	if (dockerfile_flag_on(in, "parents"))
		buf_adds(out, "--parents ");
	if (done->chown != NULL && *done->chown != '\0')
		buf_addf(out, "--chown=%s ", done->chown);
	if (done->chmod != NULL && *done->chmod != '\0')
		buf_addf(out, "--chmod=%s ", done->chmod);
	add_joined(out, done->words);
	buf_adds(out, " # buildkit");
}

void
dockerfile_history(struct buf *out, const struct dockerfile_instr *in,
    const struct dockerfile_done *done)
{
	if (in->kind == DOCKERFILE_ONBUILD || in->kind == DOCKERFILE_FROM)
		return;
	buf_addf(out, "%s ", dockerfile_row(in->kind)->name);
	switch (in->kind) {
	case DOCKERFILE_ADD:
	case DOCKERFILE_COPY: add_copy(out, in, done); break;
	case DOCKERFILE_RUN:
		add_build_args(out, done->build_args);
		add_joined(out, done->words);
		buf_adds(out, " # buildkit");
		break;
	case DOCKERFILE_CMD:
	case DOCKERFILE_ENTRYPOINT:
		add_quoted(out, done->words != NULL ? done->words->v : NULL);
		break;
	case DOCKERFILE_EXPOSE: add_map(out, done->words); break;
	case DOCKERFILE_HEALTHCHECK: add_health(out, &in->health); break;
	case DOCKERFILE_SHELL:
	case DOCKERFILE_VOLUME:
		buf_addc(out, '[');
		add_joined(out, done->words);
		buf_addc(out, ']');
		break;
	default: add_joined(out, done->words); break;
	}
}
