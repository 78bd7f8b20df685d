/*
 * prune_image.c - docker image prune
 */
#include "sandbox/docker/collect.h"
#include "sandbox/docker/pruned.h"

/* Is there a container made from the image? */
static bool
is_used(const struct docker_row *rows, ssize_t n, const char *id)
{
	for (ssize_t i = 0; i < n; i++)
		if (str_eq(rows[i].config->image_id, id))
			return true;
	return false;
}

/* The layers that went with an image are told and counted. */
static void
remove_layers(struct docker *d, struct vec *chains, struct pruned *p)
{
	if (docker_unclaimed(d, chains, NULL) < 0)
		return;
	for (size_t i = 0; i < chains->len; i++)
		buf_addf(&p->text, "deleted: sha256:%s\n", chains->v[i]);
	p->freed += docker_layers_size(d, chains);
}

/* Untags and removes one. */
static void
remove_image(struct docker *d, const struct session_image *image, struct pruned *p)
{
	cleanup_vec struct vec chains = VEC_INIT;

	docker_image_layers(d, image->id, &chains);
	if (session_image_remove(d->session, image->id, NULL) < 0)
		return;
	if (p->text.len == 0)
		buf_adds(&p->text, "Deleted Images:\n");
	for (size_t t = 0; t < image->tags.len; t++) {
		cleanup_free char *shown = docker_familiar(image->tags.v[t]);

		buf_addf(&p->text, "untagged: %s\n", shown);
		docker_image_event(d->session, "untag", image->id, NULL);
	}
	buf_addf(&p->text, "deleted: sha256:%s\n", image->id);
	docker_image_event(d->session, "delete", image->id, NULL);
	remove_layers(d, &chains, p);
}

/* dangling=false is --all in other words. */
static bool
wants_all(const struct opts *o)
{
	const char *v;
	bool on = true;

	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;)
		if (str_starts(v, "dangling="))
			(void)opts_parse_bool(v + strlen("dangling="), &on);
	return !on;
}

static bool
fits(struct docker *d, const struct prune_filter *f, const char *id)
{
	cleanup_image_config struct image_config config = IMAGE_CONFIG_INIT;

	return store_read_config(d->store, id, &config, NULL) == 0 &&
	       prune_filter_fits(f, &config.labels, config.created);
}

int
prune_images(struct docker *d, bool all, struct pruned *p, struct err *err)
{
	static const char *const known[] = {"dangling", "label", "label!", "until", NULL};
	cleanup_session_images struct session_images images = {0};
	struct docker_row *rows = NULL;
	struct prune_filter f;
	ssize_t n;

	if (prune_filter_read(&f, &d->opts, known, err) < 0 ||
	    session_images(d->session, &images, err) < 0 ||
	    (n = docker_rows(d->session, &rows, err)) < 0)
		return -1;
	all = all || wants_all(&d->opts);
	for (size_t i = 0; i < images.len; i++) {
		const struct session_image *image = &images.list[i];
		bool ours = image->tags.len > 0 && docker_is_ours(image->tags.v[0]);

		if (!ours && (all || image->tags.len == 0) &&
		    !is_used(rows, n, image->id) && fits(d, &f, image->id))
			remove_image(d, image, p);
	}
	docker_rows_free(rows, (size_t)n);
	if (docker_collect(d, err) < 0)
		return -1;
	session_event(d->session, "image", "prune", "",
	    json_pack("{s:o}", "reclaimed", json_sprintf("%lld", (long long)p->freed)));
	return 0;
}

int
docker_image_prune(struct docker *d)
{
	bool all = opts_on(&d->opts, "all");
	cleanup_pruned struct pruned p = PRUNED_INIT;
	struct err err = ERR_INIT;

	if (!docker_confirmed(
		d, all ? "all images without at least one container associated to them"
		       : "all dangling images"))
		return 0;
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	return prune_images(d, all, &p, &err) < 0 ? docker_refused(&err) : prune_say(&p);
}
