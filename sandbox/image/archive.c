/*
 * archive.c - manifest.json, the table of contents of what docker save writes
 */
#include "sandbox/image/private.h"
#include <stdlib.h>

enum { IMAGES_MAX = 1024 };

void
image_archive_done(struct image_archive *archive)
{
	for (size_t i = 0; i < archive->nentries; i++) {
		free(archive->entries[i].config);
		vec_done(&archive->entries[i].tags);
		vec_done(&archive->entries[i].layers);
	}
	free(archive->entries);
	*archive = (struct image_archive)IMAGE_ARCHIVE_INIT;
}

struct image_archive_entry *
image_archive_add(struct image_archive *archive, const char *config)
{
	struct image_archive_entry *e;

	archive->entries = xrealloc(
	    archive->entries, (archive->nentries + 1) * sizeof *archive->entries);
	e = &archive->entries[archive->nentries++];
	*e = (struct image_archive_entry){.tags = VEC_INIT, .layers = VEC_INIT};
	image_set(&e->config, config);
	return e;
}

/* Cleans *path; a name that leaves the archive, or is none, is an error. */
static int
clean_name(char **path, struct err *err)
{
	char *clean = path_clean(*path);
	bool outside = *clean == '/' || str_eq(clean, ".") || str_eq(clean, "..") ||
		       str_starts(clean, "../");

	free(*path);
	*path = clean;
	return outside ? err_set(err, ERR_CORRUPT, "'%.300s' is no path in the archive",
			     clean)
		       : 0;
}

static int
check_tags(const struct vec *tags, struct err *err)
{
	for (size_t i = 0; i < tags->len; i++) {
		cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;

		if (image_ref_parse(tags->v[i], &ref, err) < 0 || ref.tag == NULL)
			return err_set(
			    err, ERR_CORRUPT, "'%.300s' is no tag", tags->v[i]);
	}
	return 0;
}

static int
decode_entry(const json_t *j, struct image_archive_entry *e, struct err *err)
{
	if (!json_is_object(j))
		return err_set(err, ERR_CORRUPT, "an entry is not an object");
	if (image_json_str(j, "Config", &e->config, err) < 0 ||
	    image_json_list(j, "RepoTags", &e->tags, err) < 0 ||
	    image_json_list(j, "Layers", &e->layers, err) < 0 ||
	    check_tags(&e->tags, err) < 0)
		return -1;
	if (e->config == NULL)
		return err_set(err, ERR_CORRUPT, "an entry has no Config");
	if (e->layers.len > IMAGE_LAYERS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d layers", IMAGE_LAYERS_MAX);
	for (size_t i = 0; i < e->layers.len; i++)
		if (clean_name(&e->layers.v[i], err) < 0)
			return -1;
	return clean_name(&e->config, err);
}

int
image_archive_decode(
    const char *json, size_t len, struct image_archive *ret, struct err *err)
{
	cleanup_json json_t *j = image_json_load(json, len, true, "manifest.json", err);
	cleanup_image_archive struct image_archive archive = IMAGE_ARCHIVE_INIT;

	if (j == NULL)
		return -1;
	if (json_array_size(j) > IMAGES_MAX)
		return err_set(
		    err, ERR_LIMIT, "manifest.json: more than %d images", IMAGES_MAX);
	for (size_t i = 0; i < json_array_size(j); i++)
		if (decode_entry(
			json_array_get(j, i), image_archive_add(&archive, NULL), err) < 0)
			return err_while(err, "manifest.json");
	image_archive_done(ret);
	*ret = archive;
	archive = (struct image_archive)IMAGE_ARCHIVE_INIT;
	return 0;
}

char *
image_archive_encode(const struct image_archive *archive, size_t *ret_len)
{
	json_t *list = json_array();

	for (size_t i = 0; i < archive->nentries; i++) {
		const struct image_archive_entry *e = &archive->entries[i];
		json_t *j = json_object();

		json_object_set_new(
		    j, "Config", image_text(e->config != NULL ? e->config : ""));
		json_object_set_new(j, "RepoTags",
		    e->tags.len > 0 ? image_text_list(&e->tags) : json_null());
		json_object_set_new(j, "Layers", image_text_list(&e->layers));
		json_array_append_new(list, j);
	}
	return image_json_text(list, 0, ret_len);
}
