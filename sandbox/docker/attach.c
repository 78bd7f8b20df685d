/*
 * attach.c - docker attach, and what all attached commands know of the terminal
 *
 * Detach keys: moby/term, ascii.go: "ctrl-p,ctrl-q", "a,b", "ctrl-\\".
 */
#include "sandbox/docker/command.h"
#include <ctype.h>

/* One key's text to its byte, or -1. */
static int
key_of(const char *word)
{
	const char *after = str_after(word, "ctrl-");

	if (word[0] != '\0' && word[1] == '\0')
		return (unsigned char)word[0];
	if (after == NULL || after[0] == '\0' || after[1] != '\0')
		return -1;
	if (islower((unsigned char)*after))
		return *after - 'a' + 1;
	if (*after == '@' || (*after >= '[' && *after <= '_'))
		return *after & 31;
	return -1;
}

static int
parse_keys(const char *text, struct container_attach *a, struct err *err)
{
	cleanup_vec struct vec words = VEC_INIT;

	vec_split(&words, text, ",");
	for (size_t i = 0; i < words.len; i++) {
		int key = key_of(words.v[i]);

		/* NUL ends our string */
		if (key <= 0 || i + 1 == sizeof a->detach_keys)
			return err_set(err, ERR_INPUT, "invalid detach keys (%s): %s",
			    text, words.v[i]);
		a->detach_keys[i] = (char)key;
	}
	return 0;
}

int
docker_terminal(struct docker *d, bool tty, struct container_attach *a, struct err *err)
{
	const char *text = opts_str(&d->opts, "detach-keys");

	if (a->in)
		client_reads(&d->client, true);
	a->tty = tty;
	if (!tty)
		return 0;
	client_size(&a->rows, &a->cols);
	return parse_keys(text != NULL ? text : "ctrl-p,ctrl-q", a, err);
}

static int
check(struct docker *d, const char *id, struct err *err)
{
	cleanup_container_state struct container_state state = {.pid = 0};

	if (container_state(d->session, id, &state, err) < 0)
		return -1;
	if (state.status != CONTAINER_RUNNING)
		return err_set(err, ERR_INPUT,
		    "cannot attach to a stopped container, start it first");
	if (state.paused)
		return err_set(err, ERR_INPUT,
		    "cannot attach to a paused container, unpause it first");
	return 0;
}

int
docker_attach(struct docker *d)
{
	cleanup_container_config struct container_config *c = NULL;
	struct container_attach a = {.out = true};
	struct err err = ERR_INIT;
	char id[65];
	int code;

	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (container_find(d->session, d->opts.args[0], id, &err) < 0 ||
	    container_load(d->session, id, &c, &err) < 0)
		return docker_refused(&err);
	a.in = c->open_stdin && !opts_on(&d->opts, "no-stdin");
	if (check(d, id, &err) < 0 || docker_terminal(d, c->tty, &a, &err) < 0)
		return docker_failed(&err);
	a.keep_signals = !opts_on(&d->opts, "sig-proxy");
	if (c->tty && a.in && !client_is_tty(&d->client, 'i')) {
		fprintf(stderr, "the input device is not a TTY\n");
		return 1;
	}
	container_note(d->session, id, "attach", NULL);
	code = container_attach(d->session, id, &a, &err);
	if (code == CONTAINER_DETACHED) {
		container_note(d->session, id, "detach", NULL);
		fprintf(stderr, "read escape sequence\n");
		return 0;
	}
	return code >= 0 ? code : docker_refused(&err);
}
