/*
 * check.h - does an expectation hold?
 *
 *     struct lesson_check --check_needs--> which facts --struct check_world--> facts
 *                         --check_judge(facts)--> struct check_result
 *
 * Judging is pure: it looks at a JSON object of facts and words what was expected and
 * what was found.  Collecting asks the session, the workspace and its localhost, and
 * only for what a step's checks need.  The state is judged, never the typing.
 *
 * Facts: {KIND: {KEY: OBJECT}}.  An object with the member "error" says that it could
 * not be found out.  A missing object was not asked for.  Kinds, and their keys:
 *
 *     image NAME, container NAME       sandbox.h
 *     image-file "NAME\nPATH"          sandbox.h
 *     inspect NAME                     {"exists":false} or {"exists":true,"config":{as in
 *                                      docker container inspect}}
 *     log NAME                         {"text":TEXT}: what the container has printed last
 *     http "GET URL", probe PORT       {"code":200,"body":TEXT} or {"failed":WORD}:
 * "refused" (nothing listens), "empty" (closed without an answer), "silent" (no answer in
 * time), "garbled" stops NAME                       {"seconds":n} or {"failed":TEXT}
 *     output COMMAND                   {"status":n,"text":TEXT}
 *     file "FOLDER\nPATH"              {"exists":false} or {"exists":true,"kind","text"}
 *     dockerfile FOLDER                {"exists":false} or sandbox_fact_dockerfile()
 *     document BODY                    sandbox_fact_dockerfile() of the document's own
 * text context "FOLDER\nGLOB"           sandbox_fact_context() commands ""
 * (below)
 *     volume NAME, network NAME        {"exists":bool, "containers":{ID:{"Name":...}}}
 *     layers-file "NAME\nPATH"         {"layers": how many have it}
 *     answer ""                        {NAME: what the student answered}
 *     hub REF                          {"exists":bool, "id":HEX of the image}: what the
 * hub or registry has that the name means rebuild "FOLDER\nFILE"
 * {"steps":[{"text","cached"}]} or {"failed":TEXT} commands "":
 * {"list":[{"line","status","tags":[...]}]} since the step began; tags of a build
 */
#ifndef DRYDOCK_CHECK_H
#define DRYDOCK_CHECK_H

#include "sandbox/sandbox.h"
#include "src/lesson/lesson.h"

enum check_outcome {
	CHECK_PASS,
	CHECK_FAIL,
	CHECK_ERROR,   /* could not be found out; actual says why */
	CHECK_SKIPPED, /* what it needs has failed, or a fact was not collected */
};

struct check_result {
	enum check_outcome outcome;
	char *text;     /* the check in words */
	char *expected; /* NULL when there is nothing to say */
	char *actual;
	/* Failed because what it is about is not there or cannot be read at all:
	 * another check about the same fails in the same words. */
	bool missing;
};
void check_result_done(struct check_result *r);

struct check_results {
	struct check_result *list; /* one for each check, in order */
	size_t len;
};
void check_results_done(struct check_results *r);
#define cleanup_check_results __attribute__((cleanup(check_results_done)))

/* ---- pure ---- */

/* Calls need(arg, kind, key) for each fact that judging may look at. */
void check_needs(const struct lesson_check *c,
    void (*need)(void *arg, const char *kind, const char *key), void *arg);
/* Fills *ret (check_result_done). */
void check_judge(
    const struct lesson_check *c, const json_t *facts, struct check_result *ret);
/* A check whose needs (ids among checks) did not all pass becomes skipped; so does one
 * that would only repeat what an earlier one says is missing. */
void check_apply_needs(
    const struct lesson_check *checks, size_t count, struct check_results *r);
/* Do two facts of kind dockerfile hold the same instructions? */
bool check_same_dockerfile(const json_t *a, const json_t *b);
/* Is the kind of fact dear: does finding it out take long, or disturb something? */
bool check_is_dear(const char *kind);

/* Appends the words of a command line as a shell splits them: blanks, quotes,
 * backslashes; no expansions; operators only as words of their own. */
void check_split(const char *line, struct vec *ret);

/* ---- the world that facts come from ---- */

struct check_world;

/* All borrowed for its life; values: "placeholder=value", may be NULL.  Gives;
 * check_world_free().  workspace: an absolute folder. */
struct check_world *check_world_new(struct sandbox *s, const struct lesson *lesson,
    const char *workspace, const struct vec *values);
void check_world_free(struct check_world *w);

/* What counts as "since the step began" is now. */
void check_world_begin(struct check_world *w);
/* A command line was run in the workstation and ended with this status. */
void check_world_ran(struct check_world *w, const char *line, int status);

/* From now on CHECK_WAIT calls waits(arg, "port 5000 to answer") once when it takes
 * longer than half a second, and SIGINT ends the waiting (it is held back meanwhile, so
 * it may be ignored otherwise). */
void check_world_tell(
    struct check_world *w, void (*waits)(void *arg, const char *what), void *arg);

enum check_level {
	CHECK_CHEAP, /* dear facts are not collected: such checks are skipped */
	CHECK_NOW,   /* all facts, each looked at once */
	CHECK_WAIT,  /* all facts; what may still come true is polled, `within` at most */
};

/* Judges the checks; fills *ret (check_results_done).  cwd: where the student stands, or
 * NULL.  A fact that cannot be had is an outcome, not a failure of this function. */
int check_world_judge(struct check_world *w, const struct lesson_check *checks,
    size_t count, const char *cwd, enum check_level level, struct check_results *ret,
    struct err *err);
/* The facts that were collected last, for the coach; borrowed. */
const json_t *check_world_facts(const struct check_world *w);

/* What lies around, for the coach.  Gives; members that could not be had are missing:
 * {"containers":[...], "images":[...], "wheels":[...], "debs":[...] as in sandbox.h,
 * "files":[names in cwd], "below":[names of Dockerfiles in folders below cwd],
 * "above":name or missing, "dockerfile":{...}, "requirements":TEXT, "logs":{NAME:TEXT}}.
 * cwd NULL: workspace. */
json_t *check_world_scene(struct check_world *w, const char *cwd);

#endif
