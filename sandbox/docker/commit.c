/*
 * commit.c - docker commit: a container becomes an image
 *
 * Its config is the image's that it was made from, as its options changed it, and then
 * the -c.
 */
#include "sandbox/build/build.h"
#include "sandbox/docker/made.h"
#include <stdlib.h>

static void
replace(struct vec *list, const struct vec *by)
{
	vec_done(list);
	vec_add_all(list, by->v);
}

/* What `run` and `create` were told. */
static void
take_options(struct image_config *to, const struct container_config *c)
{
	replace(&to->env, &c->env);
	replace(&to->entrypoint, &c->entrypoint);
	replace(&to->cmd, &c->cmd);
	replace(&to->labels, &c->labels);
	replace(&to->exposed_ports, &c->exposed);
	image_set(&to->working_dir, c->workdir);
	image_set(&to->user, c->user);
	image_set(&to->stop_signal, c->stop_signal);
	for (size_t i = 0; i < c->nmounts; i++) {
		const struct container_mount *m = &c->mounts[i];

		if (m->anonymous && !vec_has(&to->volumes, m->target))
			vec_add(&to->volumes, m->target);
	}
}

/* The layer on top; *ret_empty: nothing was written, so there is none. */
static int
add_layer(struct docker *d, const struct container_config *c, struct image_config *to,
    bool *ret_empty, struct err *err)
{
	cleanup_vec struct vec chains = VEC_INIT;
	cleanup_fd int dir = container_upper(d->session, c->id, &chains, err);
	struct store_layer layer;

	if (dir < 0 || store_commit_upper(d->store, dir, &chains,
			   chains.len > 0 ? chains.v[0] : "", &layer, err) < 0)
		return -1;
	*ret_empty = str_eq(layer.diff, MADE_EMPTY_LAYER);
	if (!*ret_empty)
		vec_addf(&to->diff_ids, "sha256:%s", layer.diff);
	return 0;
}

static int
make_config(struct docker *d, const struct container_config *c, struct image_config *to,
    struct err *err)
{
	cleanup_free char *words = vec_join(&c->cmd, " ");
	const char *author = opts_str(&d->opts, "author");
	bool empty;

	if (store_read_config(d->store, c->image_id, to, err) < 0)
		return -1;
	take_options(to, c);
	if (made_change(d, to, err) < 0 || add_layer(d, c, to, &empty, err) < 0)
		return -1;
	to->created = clock_now();
	image_set(&to->author, author);
	image_config_add_history(
	    to, to->created, words, opts_str(&d->opts, "message"), empty);
	image_set(&to->history[to->nhistory - 1].author, author);
	return 0;
}

static void
note(struct docker *d, const char *id, const char *image, const struct image_ref *ref)
{
	const char *message = opts_str(&d->opts, "message");
	cleanup_free char *name = ref != NULL ? image_ref_familiar(ref) : xstrdup("");

	container_note(d->session, id, "commit",
	    json_pack("{s:s, s:o, s:s}", "comment", message != NULL ? message : "",
		"imageID", json_sprintf("sha256:%s", image), "imageRef", name));
}

/* In the engine's words. */
static int
commit(struct docker *d, const char *id, const struct image_ref *ref, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_container_state struct container_state state = {0};
	cleanup_image_config struct image_config config = IMAGE_CONFIG_INIT;
	char image[65];
	cleanup_hold struct store *held = store_hold(d->store, err);
	bool pause;
	int rc;

	if (held == NULL || container_load(d->session, id, &c, err) < 0 ||
	    container_state(d->session, id, &state, err) < 0)
		return -1;
	pause = opts_on(&d->opts, "pause") && state.status == CONTAINER_RUNNING &&
		!state.paused;
	if (pause && container_pause(d->session, id, err) < 0)
		return -1;
	rc = make_config(d, c, &config, err);
	if (rc == 0)
		rc = made_image(d, &config, ref, image, err);
	if (rc == 0)
		note(d, id, image, ref);
	if (pause)
		(void)container_unpause(d->session, id, NULL);
	return rc;
}

int
docker_commit(struct docker *d)
{
	const char *name = d->opts.nargs > 1 ? d->opts.args[1] : "";
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	struct err err = ERR_INIT;
	char id[65];

	if (name[0] != '\0' && made_ref(name, &ref, &err) < 0)
		return docker_failed(&err);
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (container_find(d->session, d->opts.args[0], id, &err) < 0 ||
	    commit(d, id, name[0] != '\0' ? &ref : NULL, &err) < 0)
		return docker_refused(&err);
	return 0;
}
