/*
 * world.c - a step's checks, judged on the facts that they need
 *
 * What may still come true (a server that is starting) is polled: only the facts of
 * such checks are asked for again.
 */
#include "src/check/private.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { COMMANDS_MAX = 2000, HTTP_WITHIN = 10, POLL_MS = 100, TELL_MS = 500 };

struct check_world *
check_world_new(struct sandbox *s, const struct lesson *lesson, const char *workspace,
    const struct vec *values)
{
	struct check_world *w = xcalloc(1, sizeof *w);

	w->sandbox = s;
	w->lesson = lesson;
	w->values = values;
	w->workspace = workspace;
	w->folder = open(workspace, O_PATH | O_DIRECTORY | O_CLOEXEC);
	w->commands = json_array();
	w->facts = json_object();
	w->stop = -1;
	return w;
}

void
check_world_free(struct check_world *w)
{
	if (w == NULL)
		return;
	fd_close_p(&w->folder);
	json_decref(w->commands);
	json_decref(w->facts);
	free(w);
}

void
check_world_tell(
    struct check_world *w, void (*waits)(void *arg, const char *what), void *arg)
{
	w->waits = waits;
	w->waits_arg = arg;
}

void
check_world_begin(struct check_world *w)
{
	long long offset = sandbox_events_offset(w->sandbox, NULL);

	w->offset = offset < 0 ? 0 : offset;
	json_array_clear(w->commands);
	json_object_clear(w->facts);
}

void
check_world_ran(struct check_world *w, const char *line, int status)
{
	json_t *text = json_string(line);

	if (text == NULL)
		return;
	if (json_array_size(w->commands) >= COMMANDS_MAX)
		json_array_remove(w->commands, 0);
	json_array_append_new(
	    w->commands, json_pack("{s:o, s:i}", "line", text, "status", status));
}

const json_t *
check_world_facts(const struct check_world *w)
{
	return w->facts;
}

/* ---- placeholders ---- */

/* A shallow copy whose arguments and group are filled in; filled_done() frees them. */
static struct lesson_check
fill(const struct check_world *w, const struct lesson_check *c)
{
	struct lesson_check f = *c;

	f.args = xcalloc(c->nargs + 1, sizeof *f.args);
	for (size_t i = 0; i < c->nargs; i++) {
		struct buf text = BUF_INIT(BUF_OURS);

		f.args[i] = c->args[i];
		if (w->values != NULL)
			lesson_fill(w->lesson, c->args[i].text, w->values, &text);
		else
			buf_adds(&text, c->args[i].text);
		f.args[i].text = buf_take(&text);
	}
	f.any = xcalloc(c->nany + 1, sizeof *f.any);
	for (size_t i = 0; i < c->nany; i++)
		f.any[i] = fill(w, &c->any[i]);
	return f;
}

static void
filled_done(struct lesson_check *f)
{
	for (size_t i = 0; i < f->nargs; i++)
		free(f->args[i].text);
	for (size_t i = 0; i < f->nany; i++)
		filled_done(&f->any[i]);
	free(f->args);
	free(f->any);
}

/* ---- one pass ---- */

struct pass {
	struct check_world *w;
	bool dear;
	int port; /* of localhost that a check's dear facts ask, or 0 */
};

static void
collect(void *arg, const char *kind, const char *key)
{
	struct pass *p = arg;

	if (p->dear || !check_is_dear(kind))
		collect_fact(p->w, kind, key);
}

static void
forget(void *arg, const char *kind, const char *key)
{
	struct pass *p = arg;

	json_object_del(json_object_get(p->w->facts, kind), key);
}

static void
find_port(void *arg, const char *kind, const char *key)
{
	struct pass *p = arg;

	if (str_eq(kind, "http"))
		p->port = collect_port(key + strcspn(key, " ") + 1);
	else if (str_eq(kind, "probe"))
		p->port = (int)strtol(key, NULL, 10);
}

/* Dear facts are asked for only when the check can still hold. */
static void
judge_one(struct check_world *w, const struct lesson_check *c, bool dear,
    struct check_result *ret)
{
	struct pass cheap = {.w = w}, all = {.w = w, .dear = true};

	check_needs(c, collect, &cheap);
	check_judge(c, w->facts, ret);
	if (!dear || ret->outcome != CHECK_SKIPPED)
		return;
	check_result_done(ret);
	check_needs(c, collect, &all);
	check_judge(c, w->facts, ret);
}

/* ---- waiting ---- */

/* Until when (clock_mono) the check may come true; 0: it is what it is. */
static int64_t
deadline(struct check_world *w, const struct lesson_check *c, int64_t now)
{
	struct pass p = {.w = w};
	int64_t started, age;

	if (c->within >= 0)
		return now + (int64_t)(c->within * NS_PER_S);
	check_needs(c, find_port, &p);
	if (p.port == 0)
		return 0;
	/* A server that has had its time already gets a second more. */
	started = collect_started(w, p.port);
	age = started > 0 ? clock_now() - started : HTTP_WITHIN * NS_PER_S;
	if (age < 0)
		age = 0;
	return now + (age < (HTTP_WITHIN - 1) * NS_PER_S ? HTTP_WITHIN * NS_PER_S - age
							 : NS_PER_S);
}

/* What the student waits for: "port 5000 to answer". */
static void
tell_wait(struct check_world *w, const struct lesson_check *c, const char *text)
{
	struct pass p = {.w = w};
	cleanup_free char *what = NULL;

	if (w->waits == NULL)
		return;
	check_needs(c, find_port, &p);
	what = p.port > 0 ? xasprintf("port %d to answer", p.port)
			  : xasprintf("this to come true: %s", text);
	w->waits(w->waits_arg, what);
}

static bool
asked_to_stop(const struct check_world *w, int timeout_ms)
{
	struct pollfd p = {w->stop, POLLIN, 0};

	return poll(&p, 1, timeout_ms) > 0;
}

/* Asks again for what has failed and may still come true; the first such check's index,
 * or count. */
static size_t
again(struct check_world *w, const struct lesson_check *checks, size_t count,
    const int64_t *until, struct check_results *r)
{
	int64_t now = clock_mono();
	struct pass p = {.w = w};
	size_t first = count;

	for (size_t i = 0; i < count; i++) {
		if (r->list[i].outcome != CHECK_FAIL || until[i] <= now)
			continue;
		check_needs(&checks[i], forget, &p);
		check_result_done(&r->list[i]);
		judge_one(w, &checks[i], true, &r->list[i]);
		if (r->list[i].outcome == CHECK_FAIL && first == count)
			first = i;
	}
	return first;
}

static void
wait_for(struct check_world *w, const struct lesson_check *checks, size_t count,
    struct check_results *r)
{
	int64_t begin = clock_mono();
	cleanup_free int64_t *until = xcalloc(count + 1, sizeof *until);
	bool told = false;
	size_t first;

	for (size_t i = 0; i < count; i++)
		if (r->list[i].outcome == CHECK_FAIL)
			until[i] = deadline(w, &checks[i], begin);
	while ((first = again(w, checks, count, until, r)) < count) {
		if (!told && clock_mono() - begin > TELL_MS * (NS_PER_S / 1000)) {
			tell_wait(w, &checks[first], r->list[first].text);
			told = true;
		}
		if (asked_to_stop(w, POLL_MS))
			return;
	}
}

/* Ctrl-C comes to a descriptor while we wait. */
static void
hold_sigint(struct check_world *w, sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, before);
	w->stop = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
release_sigint(struct check_world *w, const sigset_t *before)
{
	struct signalfd_siginfo info;

	while (w->stop >= 0 && read(w->stop, &info, sizeof info) == sizeof info)
		continue;
	fd_close_p(&w->stop);
	sigprocmask(SIG_SETMASK, before, NULL);
}

int
check_world_judge(struct check_world *w, const struct lesson_check *checks, size_t count,
    const char *cwd, enum check_level level, struct check_results *ret, struct err *err)
{
	bool may_stop = level == CHECK_WAIT && w->waits != NULL;
	struct lesson_check *filled;
	sigset_t before;

	if (w->folder < 0)
		return err_set(
		    err, ERR_NOT_FOUND, "the workspace '%s' is not there", w->workspace);
	w->cwd = cwd;
	json_object_clear(w->facts);
	filled = xcalloc(count + 1, sizeof *filled);
	ret->list = xcalloc(count + 1, sizeof *ret->list);
	ret->len = count;
	for (size_t i = 0; i < count; i++)
		filled[i] = fill(w, &checks[i]);
	if (may_stop)
		hold_sigint(w, &before);
	for (size_t i = 0; i < count; i++)
		judge_one(w, &filled[i], level != CHECK_CHEAP, &ret->list[i]);
	if (level == CHECK_WAIT)
		wait_for(w, filled, count, ret);
	if (may_stop)
		release_sigint(w, &before);
	check_apply_needs(filled, count, ret);
	for (size_t i = 0; i < count; i++)
		filled_done(&filled[i]);
	free(filled);
	return 0;
}
