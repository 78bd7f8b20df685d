/*
 * private.h - what the files of check share
 */
#ifndef DRYDOCK_CHECK_PRIVATE_H
#define DRYDOCK_CHECK_PRIVATE_H

#include "src/check/check.h"

/* ---- judging ---- */

struct judging {
	const struct lesson_check *c;
	const json_t *facts;
	struct check_result *r;
};

/* The fact, or NULL when the outcome is decided without it (error, skipped).  The key is
 * given as printf does. */
const json_t *judge_fact(struct judging *j, const char *kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The argument's text; "" when it was left out. */
const char *judge_arg(const struct judging *j, const char *name);
/* The verdict; both texts are taken and may be NULL. */
void judge_say(struct judging *j, bool holds, char *expected, char *actual);
void judge_error(struct judging *j, char *why);
/* The image's or container's fact (kind "container" or "inspect") when it exists; else
 * NULL, and the check has failed. */
const json_t *judge_image(struct judging *j, const char *name);
const json_t *judge_container(struct judging *j, const char *kind);
/* MATCH TEXT of the check against a text; `what` begins the texts ("app.py"). */
void judge_match(struct judging *j, const char *what, const char *text);
/* Is number <CMP> wanted?  cmp is one of = != < <= > >= */
bool judge_compare(double number, const char *cmp, double wanted);

/* One a verb; judge.c has the table. */
typedef void check_judge_fn(struct judging *j);
check_judge_fn judge_image_exists, judge_image_absent, judge_image_built,
    judge_image_layers_base, judge_image_layers_by, judge_image_size,
    judge_image_config_is, judge_image_config_has, judge_image_file_exists,
    judge_image_file_absent, judge_image_file_has, judge_image_same;
check_judge_fn judge_container_running, judge_container_stopped, judge_container_exists,
    judge_container_absent, judge_container_of, judge_container_port,
    judge_container_stops, judge_container_exited, judge_container_logs,
    judge_container_config_is, judge_container_config_has;
check_judge_fn judge_http, judge_output, judge_run, judge_run_exits;
check_judge_fn judge_dockerfile_has, judge_dockerfile_same, judge_dockerfile_includes,
    judge_context_excludes, judge_context_includes, judge_file_exists, judge_file_absent,
    judge_file_has;

check_judge_fn judge_volume_exists, judge_volume_absent, judge_network_exists,
    judge_network_absent, judge_network_has, judge_container_healthy,
    judge_image_file_absent_layers, judge_rebuild_keeps, judge_answer_is, judge_hub_has;

/* ---- words.c ---- */

/* Fills "{NAME}" from the check's arguments; what stands in [ ] is left out when an
 * argument in it was.  Gives. */
char *words_fill(const struct lesson_check *c, const char *pattern);
/* "12.3MB" as docker shows sizes.  Gives. */
char *words_size(double bytes);
/* At most `max` bytes of text on one line, cut with "...".  Gives. */
char *words_short(const char *text, size_t max);
/* "docker* ps*" -> "docker ps", as people write it: a star alone becomes "...".  Gives.
 */
char *words_glob(const char *glob);
/* The line of text that has most of what is wanted, at least half of it; cut as
 * words_short() does.  Gives, or NULL. */
char *words_near(const char *text, const char *wanted, size_t max);
/* Blanks at , [ ] away, others one; for comparing instructions.  Gives. */
char *words_squeeze(const char *text);

/* ---- collecting ---- */

struct check_world {
	struct sandbox *sandbox;
	const struct lesson *lesson;
	const struct vec *values;
	const char *workspace;
	int folder; /* O_PATH of the workspace */
	const char *cwd;
	long long offset; /* in the event log */
	json_t *commands; /* since the step began */
	json_t *facts;
	void (*waits)(void *arg, const char *what); /* NULL: nobody is told */
	void *waits_arg;
	int stop; /* readable: the student gave up waiting; -1: cannot */
};

/* collect.c: adds the fact unless it is there. */
void collect_fact(struct check_world *w, const char *kind, const char *key);
/* Since when the container that publishes this port of localhost runs, ns; 0: none. */
int64_t collect_started(struct check_world *w, int port);
/* The port that an address on this machine means, or 0. */
int collect_port(const char *url);

/* collect.c: `docker ARGV...` asked by the tutor, below the workspace; its exit code. */
int collect_docker(struct check_world *w, char *const *argv, int timeout_ms,
    struct buf *out, struct err *err);
/* The folder that a build would take: the Dockerfile's; gives a descriptor or -1. */
int collect_context_folder(struct check_world *w, const char *folder);

/* collect_more.c: one a kind of fact. */
typedef json_t *collect_fn(struct check_world *w, const char *key, struct err *err);
collect_fn collect_volume, collect_network, collect_layers_file, collect_answer,
    collect_rebuild, collect_hub;

/* place.c: relative paths mean the student's folder, then `folder`, then the workspace.
 */
/* Opens it below the workspace; -1 with errno. */
int place_open(struct check_world *w, const char *folder, const char *path, int flags);
/* The student's folder as a path relative to the workspace, "." for the workspace itself;
 * NULL when it lies elsewhere.  Gives. */
char *place_below(const struct check_world *w, const char *cwd);

/* http.c: asks once; gives a fact of kind http.  s NULL: this machine's network.  Gives
 * up when `stop` is readable (-1: nobody asks for that). */
json_t *http_ask(
    struct sandbox *s, const char *method, const char *url, int timeout_ms, int stop);
/* Is somebody behind this port of localhost?  Gives a fact of kind probe. */
json_t *http_probe(struct sandbox *s, int port, int timeout_ms, int stop);

#endif
