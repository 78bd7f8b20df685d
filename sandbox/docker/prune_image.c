/*
 * prune_image.c - docker image prune
 */
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

/* Untags and removes one. */
static void
remove_image(struct docker *d, const struct session_image *image, struct pruned *p)
{
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
}

/* Chains of the layers that images of the session stand on. */
static void
collect_chains(struct docker *d, const struct session_images *images, struct vec *ret)
{
	for (size_t i = 0; i < images->len; i++) {
		cleanup_store_image struct store_image facts = STORE_IMAGE_INIT;

		if (store_stat_image(d->store, images->list[i].id, &facts, NULL) < 0)
			continue;
		for (size_t k = 0; k < facts.chains.len; k++)
			if (!vec_has(ret, facts.chains.v[k]))
				vec_add(ret, facts.chains.v[k]);
	}
}

/* Bytes of the layers in `before` that nothing needs any more. */
static int64_t
freed_bytes(struct docker *d, const struct vec *before)
{
	cleanup_session_images struct session_images images = {0};
	cleanup_vec struct vec after = VEC_INIT;
	int64_t sum = 0;

	if (session_images(d->session, &images, NULL) < 0)
		return 0;
	collect_chains(d, &images, &after);
	for (size_t i = 0; i < before->len; i++) {
		struct store_layer layer;

		if (!vec_has(&after, before->v[i]) &&
		    store_layer_find(d->store, before->v[i], &layer, NULL) > 0)
			sum += layer.size;
	}
	return sum;
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
	cleanup_vec struct vec chains = VEC_INIT;
	struct docker_row *rows = NULL;
	struct prune_filter f;
	ssize_t n;

	if (prune_filter_read(&f, &d->opts, known, err) < 0 ||
	    session_images(d->session, &images, err) < 0 ||
	    (n = docker_rows(d->session, &rows, err)) < 0)
		return -1;
	all = all || wants_all(&d->opts);
	collect_chains(d, &images, &chains);
	for (size_t i = 0; i < images.len; i++) {
		const struct session_image *image = &images.list[i];
		bool ours = image->tags.len > 0 && docker_is_ours(image->tags.v[0]);

		if (!ours && (all || image->tags.len == 0) &&
		    !is_used(rows, n, image->id) && fits(d, &f, image->id))
			remove_image(d, image, p);
	}
	docker_rows_free(rows, (size_t)n);
	p->freed = freed_bytes(d, &chains);
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
