/*
 * tags.c - which images a session has, and what they are called
 *
 *     tags.json   {"images": {ID: ns when last tagged}, "tags": {REFERENCE: ID}}
 *
 * Readers take no lock: the file is replaced as a whole.  Writers hold `lock`.  An
 * image whose config is not in the store is absent, and so are its tags.
 */
#include "sandbox/session/private.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static bool
is_id(const char *s)
{
	return strspn(s, "0123456789abcdef") == 64 && s[64] == '\0';
}

/* ---- the file ------------------------------------------------------------------------
 */

/* Only under the lock: so the temporary name can be a fixed one, and nothing is left
 * lying about by a process that is killed. */
static int
write_tags(int dir, const json_t *tags, struct err *err)
{
	static const char temp[] = "tags.json.new";
	cleanup_free char *text = json_dumps(tags, JSON_COMPACT);
	cleanup_fd int fd = openat(
	    dir, temp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || text == NULL || fd_write_all(fd, text, strlen(text)) < 0 ||
	    fdatasync(fd) < 0 || renameat(dir, temp, dir, "tags.json") < 0)
		return err_sys(err, "cannot write 'tags.json'");
	return 0;
}

static json_t *
read_tags(struct session *s, struct err *err)
{
	json_t *j = json_read_file(s->dir, "tags.json", err);

	if (j == NULL)
		return NULL;
	if (json_is_object(json_object_get(j, "images")) &&
	    json_is_object(json_object_get(j, "tags")))
		return j;
	json_decref(j);
	err_set(err, ERR_CORRUPT, "'tags.json' of session '%s' is damaged", s->name);
	return NULL;
}

static int
take_lock(struct session *s, struct err *err)
{
	cleanup_fd int fd = openat(s->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return err_sys(err, "cannot lock the session '%s'", s->name);
	return take_fd(&fd);
}

int
session_tags_new(struct store *store, int dir, struct err *err)
{
	cleanup_json json_t *library = store_library(store, err);
	cleanup_json json_t *whole = json_object();
	json_t *images = json_object(), *tags = json_object(), *id;
	const char *name;

	json_object_set_new(whole, "images", images);
	json_object_set_new(whole, "tags", tags);
	if (library == NULL)
		return -1;
	json_object_foreach(library, name, id)
	{
		const char *hex = json_string_value(id);

		if (hex == NULL || !is_id(hex))
			continue;
		json_object_set_new(images, hex, json_integer(clock_now()));
		json_object_set(tags, name, id);
	}
	return write_tags(dir, whole, err);
}

/* ---- reading
 * ---------------------------------------------------------------------------- */

void
session_images_done(struct session_images *l)
{
	for (size_t i = 0; i < l->len; i++) {
		vec_done(&l->list[i].tags);
		vec_done(&l->list[i].digests);
	}
	free(take_ptr(l->list));
	l->len = 0;
}

/* References to the image: those by tag, or those by digest. */
static void
collect_tags(const json_t *tags, const char *id, bool by_digest, struct vec *ret)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)tags, name, value)
	{
		const char *hex = json_string_value(value);

		if (hex != NULL && str_eq(hex, id) &&
		    (strchr(name, '@') != NULL) == by_digest)
			vec_add(ret, name);
	}
	vec_sort(ret);
}

int
session_images(struct session *s, struct session_images *ret, struct err *err)
{
	cleanup_json json_t *j = read_tags(s, err);
	json_t *images = json_object_get(j, "images"), *tagged;
	const char *id;

	if (j == NULL)
		return -1;
	session_images_done(ret);
	ret->list = xcalloc(json_object_size(images) + 1, sizeof *ret->list);
	json_object_foreach(images, id, tagged)
	{
		struct session_image *i = &ret->list[ret->len];

		if (!is_id(id) || !store_has_blob(s->store, id))
			continue;
		ret->len++;
		str_copy(i->id, sizeof i->id, id);
		i->tags = i->digests = (struct vec)VEC_INIT;
		i->tagged = json_integer_value(tagged);
		collect_tags(json_object_get(j, "tags"), id, false, &i->tags);
		collect_tags(json_object_get(j, "tags"), id, true, &i->digests);
	}
	return 0;
}

int
session_tag_get(struct session *s, const char *canonical, char id[65], struct err *err)
{
	cleanup_json json_t *j = read_tags(s, err);
	const char *hex = json_get_str(json_object_get(j, "tags"), canonical, NULL);

	if (j == NULL)
		return -1;
	if (hex == NULL || !is_id(hex) || !store_has_blob(s->store, hex))
		return 0;
	str_copy(id, 65, hex);
	return 1;
}

/* ---- writing
 * ------------------------------------------------------------------------------- */

int
session_tag_set(struct session *s, const char *canonical, const char *id, struct err *err)
{
	cleanup_hold struct store *held = store_hold(s->store, err);
	cleanup_fd int lock = held != NULL ? take_lock(s, err) : -1;
	cleanup_json json_t *j = lock >= 0 ? read_tags(s, err) : NULL;

	if (j == NULL)
		return -1;
	if (!is_id(id))
		return err_set(err, ERR_INPUT, "invalid image id '%s'", id);
	if (!store_has_blob(s->store, id))
		return err_set(err, ERR_NOT_FOUND, "No such image: sha256:%s", id);
	json_object_set_new(json_object_get(j, "images"), id, json_integer(clock_now()));
	if (canonical != NULL && json_object_set_new(json_object_get(j, "tags"),
				     canonical, json_string(id)) < 0)
		return err_set(err, ERR_INPUT, "invalid tag '%s'", canonical);
	return write_tags(s->dir, j, err);
}

int
session_tag_remove(struct session *s, const char *canonical, struct err *err)
{
	cleanup_fd int lock = take_lock(s, err);
	cleanup_json json_t *j = lock >= 0 ? read_tags(s, err) : NULL;

	if (j == NULL)
		return -1;
	if (json_object_del(json_object_get(j, "tags"), canonical) < 0)
		return 0;
	return write_tags(s->dir, j, err) < 0 ? -1 : 1;
}

int
session_image_remove(struct session *s, const char *id, struct err *err)
{
	cleanup_fd int lock = take_lock(s, err);
	cleanup_json json_t *j = lock >= 0 ? read_tags(s, err) : NULL;
	cleanup_vec struct vec names = VEC_INIT;
	json_t *tags = json_object_get(j, "tags");

	if (j == NULL)
		return -1;
	collect_tags(tags, id, false, &names);
	collect_tags(tags, id, true, &names);
	for (size_t i = 0; i < names.len; i++)
		json_object_del(tags, names.v[i]);
	if (json_object_del(json_object_get(j, "images"), id) < 0 && names.len == 0)
		return 0;
	return write_tags(s->dir, j, err);
}

int
session_tags_open(struct session *s, const json_t *tags, bool add, struct err *err)
{
	static const char *const members[] = {"images", "tags"};
	cleanup_fd int lock = take_lock(s, err);
	cleanup_json json_t *j = lock >= 0 ? read_tags(s, err) : NULL;

	if (j == NULL)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		json_t *mine = json_object_get(j, members[i]);

		if (!add)
			json_object_clear(mine);
		json_object_update(mine, json_object_get(tags, members[i]));
	}
	return write_tags(s->dir, j, err);
}
