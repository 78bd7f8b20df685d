/*
 * stage.c - the reference solutions, played in a session of their own
 *
 * The session is called after what it depends on: the lesson's text, the student's
 * values, the base images.  It holds nothing but a checkpoint for the beginning of each
 * step that was ever asked for; those are never played again.
 */
#include "src/shell/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

struct stage {
	struct shell *sh;
	struct sandbox *sandbox;
	struct workstation *workstation;
	struct judge judge;
	struct vec values;
	struct vec *told;
	char workspace[64];
};

uint64_t
travel_hash(const char *text, size_t len, uint64_t h)
{
	if (h == 0)
		h = 14695981039346656037U; /* FNV-1a */
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 1099511628211U;
	return h;
}

/* The student's own values where there are some. */
static void
fill_values(const struct shell *sh, struct vec *ret)
{
	values_invent(sh->lesson, ret);
	for (size_t i = 0; i < sh->values.len; i++) {
		const char *value = strchr(sh->values.v[i], '=');
		cleanup_free char *name =
		    xstrndup(sh->values.v[i], (size_t)(value - sh->values.v[i]));

		vec_env_set(ret, name, value + 1);
	}
}

static char *
session_for(const struct shell *sh, const struct vec *values)
{
	cleanup_buf struct buf text = BUF_INIT(LESSON_MAX + 1);
	cleanup_json json_t *library = store_library(sandbox_store(sh->sandbox), NULL);
	cleanup_free char *images = json_dumps(library, JSON_COMPACT | JSON_SORT_KEYS);
	cleanup_free char *said = vec_join(values, "\n");
	uint64_t h;

	fd_read_file(AT_FDCWD, sh->course.path, &text, NULL);
	h = travel_hash(text.s, text.len, 0);
	h = travel_hash(said, strlen(said), h);
	h = travel_hash(images != NULL ? images : "", images ? strlen(images) : 0, h);
	return xasprintf("played-%016llx", (unsigned long long)h);
}

static char *
key_for(size_t step)
{
	return xasprintf("step-%zu", step + 1);
}

static bool
has(struct sandbox *s, size_t step)
{
	cleanup_free char *key = key_for(step);
	cleanup_json json_t *about = session_checkpoint_about(sandbox_session(s), key);

	return about != NULL;
}

/* ---- playing ---- */

static void
drop(void *arg, const char *data, size_t len)
{
	(void)arg, (void)data, (void)len;
}

static void
told_judge(void *arg, const struct judge_command *command)
{
	struct stage *g = arg;

	if (g->judge.ran != NULL)
		g->judge.ran(g->judge.arg, command);
}

/* Servers that the step has started answer before the next one begins. */
static void
settle(struct stage *g, const struct lesson_step *s)
{
	cleanup_judge_results struct judge_results r = {0};

	if (g->judge.judge == NULL || verdict_free(s))
		return;
	if (g->judge.judge(g->judge.arg, s, workstation_cwd(g->workstation), JUDGE_ALL,
		&r, NULL) == 0 &&
	    !judge_results_pass(&r))
		vec_addf(g->told, "step %zu does not hold after its own solution",
		    (size_t)(s - g->sh->lesson->steps) + 1);
}

static int
play_one(struct stage *g, size_t step, struct err *err)
{
	const struct lesson_step *s = &g->sh->lesson->steps[step];
	cleanup_free char *key = key_for(step + 1);
	struct player p = {.lesson = g->sh->lesson,
	    .values = &g->values,
	    .workstation = g->workstation,
	    .sandbox = g->sandbox,
	    .make_room = true,
	    .terminal = -1,
	    .out = drop,
	    .after = told_judge,
	    .arg = g};

	view_styled(g->sh, "dim", "  playing step %zu: %s", step + 1, s->title);
	view_text(g->sh, "\n");
	if (g->judge.begin != NULL)
		g->judge.begin(g->judge.arg, s);
	if (play_step(&p, s, err) < 0)
		return err_while(err, "playing step %zu", step + 1);
	settle(g, s);
	return sandbox_checkpoint_make(g->sandbox, key, g->workspace, s->title, err);
}

static int
open_stage(struct stage *g, const char *session, struct err *err)
{
	struct workstation_opts w = {.plain = true};
	const char *tmp = getenv("TMPDIR");

	snprintf(g->workspace, sizeof g->workspace, "%.40s/drydock-play-XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (mkdtemp(g->workspace) == NULL)
		return err_sys(err, "cannot make a workspace");
	sandbox_free(take_ptr(g->sandbox));
	if (sandbox_open(session, SANDBOX_OUTER_PRIVATE, &g->sandbox, err) < 0)
		return -1;
	w.sandbox = g->sandbox;
	w.workspace = g->workspace;
	if (workstation_open(&w, &g->workstation, err) < 0)
		return -1;
	g->judge = judge_open(g->sandbox, g->sh->lesson, g->workspace, &g->values);
	return 0;
}

/* Steps from the last one that is known up to the one before `step`. */
static int
play_up_to(struct stage *g, const char *session, size_t step, struct err *err)
{
	size_t first = step;
	cleanup_free char *key = NULL;

	while (first > 0 && !has(g->sandbox, first))
		first--;
	if (open_stage(g, session, err) < 0)
		return -1;
	key = key_for(first);
	if (first > 0 && sandbox_checkpoint_open(g->sandbox, g->sandbox, key,
			     SESSION_REPLACE, g->workspace, g->told, err) < 0)
		return -1;
	for (; first < step; first++)
		if (play_one(g, first, err) < 0)
			return -1;
	return 0;
}

/* Nothing of it runs on; its checkpoints stay. */
static void
close_stage(struct stage *g)
{
	cleanup_vec struct vec rm = VEC_INIT;
	cleanup_buf struct buf out = BUF_INIT(64 << 10);
	struct sandbox_client client = SANDBOX_CLIENT_INIT;

	judge_close(&g->judge);
	workstation_free(g->workstation);
	vec_add(&rm, "rm");
	vec_add(&rm, "--force");
	client.asked = true;
	if (g->sandbox != NULL &&
	    container_list(sandbox_session(g->sandbox), &rm, NULL) == 0 && rm.len > 2)
		sandbox_docker_capture(g->sandbox, &client, rm.v, 60000, &out, NULL);
	if (g->workspace[0] != '\0')
		fd_remove_tree(AT_FDCWD, g->workspace);
	vec_done(&g->values);
}

int
stage_prepare(struct shell *sh, size_t step, struct vec *told, struct sandbox **ret,
    char **ret_key, struct err *err)
{
	struct stage g = {.sh = sh, .values = VEC_INIT, .told = told};
	cleanup_free char *session = NULL;
	int rc;

	fill_values(sh, &g.values);
	session = session_for(sh, &g.values);
	rc = sandbox_open(session, SANDBOX_OUTER_HOST, &g.sandbox, err);
	if (rc == 0 && !has(g.sandbox, step)) {
		/* Of two shells one plays, the other waits for it. */
		cleanup_fd int lock = openat(session_dir(sandbox_session(g.sandbox)),
		    "playing", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

		if (lock >= 0)
			flock(lock, LOCK_EX);
		if (!has(g.sandbox, step))
			rc = play_up_to(&g, session, step, err);
	}
	close_stage(&g);
	if (rc < 0) {
		sandbox_free(g.sandbox);
		return -1;
	}
	*ret = g.sandbox;
	*ret_key = key_for(step);
	return 0;
}
