/*
 * rmi.c - docker rmi
 *
 * Rules of the engine before containerd's image store (moby,
 * daemon/images/image_delete.go): a tag goes freely as long as others are left; the
 * last one takes the image along, unless a container uses it.
 */
#include "sandbox/docker/collect.h"

/* The shown tags of an image; ours counts as a tag that keeps it. */
static int
tags_of(struct session *s, const char *id, struct vec *ret, struct err *err)
{
	cleanup_session_images struct session_images images = {0};

	if (session_images(s, &images, err) < 0)
		return -1;
	for (size_t i = 0; i < images.len; i++)
		if (str_eq(images.list[i].id, id))
			vec_add_all(ret, images.list[i].tags.v);
	return 0;
}

/* A container made from the image, running ones first; 1 found, 0 none, -1. */
static int
find_user(
    struct session *s, const char *id, char user[65], bool *running, struct err *err)
{
	struct docker_row *rows = NULL;
	ssize_t count = docker_rows(s, &rows, err);
	int found = 0;

	*running = false;
	for (ssize_t i = 0; i < count && !*running; i++) {
		if (!str_eq(rows[i].config->image_id, id))
			continue;
		found = 1;
		*running = rows[i].state.status == CONTAINER_RUNNING;
		memcpy(user, rows[i].id, 65);
	}
	if (count >= 0)
		docker_rows_free(rows, (size_t)count);
	return count < 0 ? -1 : found;
}

static int
untag(struct session *s, const char *canonical, const char *id, struct err *err)
{
	cleanup_free char *shown = docker_familiar(canonical);

	if (session_tag_remove(s, canonical, err) < 0)
		return -1;
	docker_image_event(s, "untag", id, NULL);
	printf("Untagged: %s\n", shown);
	return 0;
}

/* The names by digest that an image has, of one repository (NULL: of all): with the last
 * tag of the repository they go too. */
static int
untag_digests(struct session *s, const char *id, const char *canonical, struct err *err)
{
	cleanup_session_images struct session_images images = {0};
	size_t n = canonical != NULL ? (size_t)(strrchr(canonical, ':') - canonical) : 0;

	if (session_images(s, &images, err) < 0)
		return -1;
	for (size_t i = 0; i < images.len; i++) {
		const struct vec *all = &images.list[i].digests;

		for (size_t k = 0; str_eq(images.list[i].id, id) && k < all->len; k++)
			if ((n == 0 || (strncmp(all->v[k], canonical, n) == 0 &&
					   all->v[k][n] == '@')) &&
			    untag(s, all->v[k], id, err) < 0)
				return -1;
	}
	return 0;
}

/* Is it the only tag of its repository? */
static bool
last_of_repository(const struct vec *tags, const char *canonical)
{
	size_t n = (size_t)(strrchr(canonical, ':') - canonical) + 1, same = 0;

	for (size_t i = 0; i < tags->len; i++)
		same += strncmp(tags->v[i], canonical, n) == 0;
	return same <= 1;
}

/* The image itself and the layers that only it used. */
static int
delete_image(struct docker *d, const char *id, struct err *err)
{
	cleanup_vec struct vec chains = VEC_INIT;

	docker_image_layers(d, id, &chains);
	if (session_image_remove(d->session, id, err) < 0)
		return -1;
	docker_image_event(d->session, "delete", id, NULL);
	printf("Deleted: sha256:%s\n", id);
	if (docker_unclaimed(d, &chains, err) < 0)
		return -1;
	for (size_t i = 0; i < chains.len; i++)
		printf("Deleted: sha256:%s\n", chains.v[i]);
	return docker_collect(d, err);
}

static int
remove_by_tag(struct docker *d, const char *name, const char *canonical, const char *id,
    bool force, struct err *err)
{
	struct session *s = d->session;
	cleanup_vec struct vec tags = VEC_INIT;
	char user[65];
	bool running;
	int used;

	if (tags_of(s, id, &tags, err) < 0)
		return -1;
	if (strchr(canonical, '@') != NULL && tags.len > 0)
		return untag(s, canonical, id, err);
	if (tags.len > 1) {
		if (untag(s, canonical, id, err) < 0)
			return -1;
		return last_of_repository(&tags, canonical)
			   ? untag_digests(s, id, canonical, err)
			   : 0;
	}
	used = find_user(s, id, user, &running, err);
	if (used < 0)
		return -1;
	if (used > 0 && !force)
		return err_set(err, ERR_CONFLICT,
		    "conflict: unable to remove repository reference \"%s\" (must force) "
		    "- "
		    "container %.12s is using its referenced image %.12s",
		    name, user, id);
	if (untag(s, canonical, id, err) < 0 || untag_digests(s, id, NULL, err) < 0)
		return -1;
	return used > 0 ? 0 : delete_image(d, id, err);
}

static int
remove_by_id(struct docker *d, const char *id, bool force, struct err *err)
{
	struct session *s = d->session;
	cleanup_vec struct vec tags = VEC_INIT;
	char user[65];
	bool running;
	int used;

	if (tags_of(s, id, &tags, err) < 0)
		return -1;
	used = find_user(s, id, user, &running, err);
	if (used < 0)
		return -1;
	if (used > 0 && running)
		return err_set(err, ERR_CONFLICT,
		    "conflict: unable to delete %.12s (cannot be forced) - image is "
		    "being "
		    "used by running container %.12s",
		    id, user);
	if (tags.len > 1 && !force)
		return err_set(err, ERR_CONFLICT,
		    "conflict: unable to delete %.12s (must be forced) - image is "
		    "referenced "
		    "in multiple repositories",
		    id);
	if (used > 0 && !force)
		return err_set(err, ERR_CONFLICT,
		    "conflict: unable to delete %.12s (must be forced) - image is being "
		    "used "
		    "by stopped container %.12s",
		    id, user);
	for (size_t i = 0; i < tags.len; i++)
		if (untag(s, tags.v[i], id, err) < 0)
			return -1;
	if (untag_digests(s, id, NULL, err) < 0)
		return -1;
	return used > 0 ? 0 : delete_image(d, id, err);
}

static int
remove_one(struct docker *d, const char *name, bool force, struct err *err)
{
	cleanup_free char *canonical = NULL;
	char id[65];

	if (docker_find_image(d->session, name, id, &canonical, err) < 0)
		return -1;
	if (canonical != NULL)
		return remove_by_tag(d, name, canonical, id, force, err);
	return remove_by_id(d, id, force, err);
}

int
docker_rmi(struct docker *d)
{
	bool force = opts_on(&d->opts, "force");
	cleanup_buf struct buf errors = BUF_INIT(BUF_OURS);
	struct err err = ERR_INIT;
	int code = 0;

	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	for (size_t i = 0; i < d->opts.nargs; i++) {
		err_clear(&err);
		if (remove_one(d, d->opts.args[i], force, &err) == 0)
			continue;
		buf_addf(&errors, "Error response from daemon: %s\n", err.text);
		if (!force || err.kind != ERR_NOT_FOUND)
			code = 1;
	}
	fflush(stdout);
	fputs(errors.s, stderr);
	return code;
}
