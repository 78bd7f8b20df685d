/*
 * restart.c - --restart: does a container that has ended start again, and when
 *
 * The rules are moby's (restartmanager): 100 ms at first, twice as long each time, at
 * most a minute, from the beginning after a run of ten seconds.
 */
#include "sandbox/container/private.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MS (NS_PER_S / 1000)
#define FIRST_DELAY (100 * MS)
#define LAST_DELAY (60 * NS_PER_S)
#define GOOD_RUN (10 * NS_PER_S)

enum { MARK_LOOK_MS = 20 };

/* "NAME[:NUMBER]"; the number is 0 when there is none. */
static int
split_policy(const char *text, size_t *len, long *max, struct err *err)
{
	char *end = NULL;

	*len = strcspn(text, ":");
	*max = 0;
	if (text[*len] == '\0')
		return 0;
	if (*len == 0)
		return err_set(err, ERR_INPUT,
		    "invalid restart policy format: no policy provided before colon");
	if (text[*len + 1] == '\0')
		return 0;
	errno = 0;
	*max = strtol(text + *len + 1, &end, 10);
	if (*end != '\0' || errno != 0 || isspace((unsigned char)text[*len + 1]))
		return err_set(err, ERR_INPUT,
		    "invalid restart policy format: maximum retry count must be an "
		    "integer");
	return 0;
}

int
restart_parse(const char *text, struct restart_policy *ret, struct err *err)
{
	static const struct {
		const char *name;
		enum restart_kind kind;
	} kinds[] = {{"no", RESTART_NO}, {"", RESTART_NO}, {"always", RESTART_ALWAYS},
	    {"unless-stopped", RESTART_UNLESS_STOPPED}, {"on-failure", RESTART_FAILURE}};
	size_t len;
	long max;

	*ret = (struct restart_policy){.kind = RESTART_NO};
	if (split_policy(text, &len, &max, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strlen(kinds[i].name) != len ||
		    strncmp(kinds[i].name, text, len) != 0)
			continue;
		ret->kind = kinds[i].kind;
		ret->max = (unsigned)max;
		if (max != 0 && ret->kind != RESTART_FAILURE)
			return err_set(err, ERR_INPUT,
			    "invalid restart policy: maximum retry count can only be "
			    "used with 'on-failure'%s",
			    max < 0 ? " and cannot be negative" : "");
		if (max < 0)
			return err_set(err, ERR_INPUT,
			    "invalid restart policy: maximum retry count cannot be "
			    "negative");
		return 0;
	}
	return err_set(err, ERR_INPUT,
	    "invalid restart policy: unknown policy '%.*s'; use one of 'no', 'always', "
	    "'on-failure', or 'unless-stopped'",
	    (int)len, text);
}

void
restart_policy(int dir, const struct container_config *c, struct restart_policy *ret)
{
	cleanup_buf struct buf b = BUF_INIT(64);
	const char *text = c->restart;

	if (faccessat(dir, RESTART_FILE, F_OK, 0) == 0 &&
	    fd_read_file(dir, RESTART_FILE, &b, NULL) == 0)
		text = b.s;
	if (text == NULL || restart_parse(text, ret, NULL) < 0)
		*ret = (struct restart_policy){.kind = RESTART_NO};
}

int
restart_forbid(int dir, struct err *err)
{
	cleanup_fd int fd =
	    openat(dir, STOPPED_MARK, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	return fd < 0 ? err_sys(err, "cannot note that the container is stopped") : 0;
}

void
restart_allow(int dir)
{
	unlinkat(dir, STOPPED_MARK, 0);
}

/* Its content is nobody's business: who wrote it may have an id that we cannot read. */
static bool
is_forbidden(int dir)
{
	return faccessat(dir, STOPPED_MARK, F_OK, 0) == 0;
}

bool
restart_due(struct restart_history *h, int dir, const struct restart_policy *p, int code,
    int64_t ran)
{
	if (p->kind == RESTART_NO || is_forbidden(dir))
		return false;
	if (p->kind == RESTART_FAILURE &&
	    (code == 0 || (p->max > 0 && h->count >= p->max)))
		return false;
	h->delay = ran >= GOOD_RUN || h->delay == 0 ? FIRST_DELAY : 2 * h->delay;
	if (h->delay > LAST_DELAY)
		h->delay = LAST_DELAY;
	h->count++;
	return true;
}

bool
restart_after_crash(int dir, const struct restart_policy *p, int code, bool rebooted)
{
	switch (p->kind) {
	case RESTART_NO: return false;
	case RESTART_ALWAYS: return rebooted || !is_forbidden(dir);
	case RESTART_UNLESS_STOPPED: return !is_forbidden(dir);
	case RESTART_FAILURE: return code != 0 && !is_forbidden(dir);
	}
	return false;
}

bool
restart_wait(const struct restart_history *h, int dir)
{
	int64_t until = clock_mono() + h->delay;
	struct timespec nap = {.tv_nsec = MARK_LOOK_MS * MS};

	while (clock_mono() < until) {
		nanosleep(&nap, NULL);
		if (is_forbidden(dir))
			return false;
	}
	return true;
}

int
container_set_restart(
    struct session *s, const char *id, const char *policy, struct err *err)
{
	cleanup_fd int dir = container_open_dir(s, id, err);
	cleanup_container_config struct container_config *c = NULL;
	struct restart_policy p;

	if (dir < 0 || container_load(s, id, &c, err) < 0 ||
	    restart_parse(policy, &p, err) < 0)
		return -1;
	if (p.kind != RESTART_NO && c->auto_remove)
		return err_set(err, ERR_INPUT,
		    "Restart policy cannot be updated because AutoRemove is enabled for "
		    "the container");
	if (fd_write_file(dir, RESTART_FILE, policy, strlen(policy), 0644, err) < 0)
		return -1;
	container_event(s, c, "update", -1);
	return 0;
}

int
container_check_restart(const char *policy, struct err *err)
{
	struct restart_policy p;

	return restart_parse(policy, &p, err);
}

int
container_check_restart_format(const char *policy, struct err *err)
{
	size_t len;
	long max;

	return split_policy(policy, &len, &max, err);
}
