/*
 * index.c - a list of manifests, one a platform (OCI index, Docker manifest list)
 */
#include "sandbox/image/private.h"
#include <stdlib.h>

enum { ENTRIES_MAX = 1024 };

static const char ref_name_key[] = "org.opencontainers.image.ref.name";
static const char image_name_key[] = "io.containerd.image.name";
static const char kind_key[] = "vnd.docker.reference.type";

void
image_index_done(struct image_index *index)
{
	for (size_t i = 0; i < index->nentries; i++) {
		struct image_index_entry *e = &index->entries[i];

		image_blob_done(&e->blob);
		free(e->os);
		free(e->architecture);
		free(e->variant);
		free(e->ref_name);
		free(e->image_name);
	}
	free(index->entries);
	free(index->media_type);
	*index = (struct image_index)IMAGE_INDEX_INIT;
}

static struct image_index_entry *
new_entry(struct image_index *index)
{
	index->entries =
	    xrealloc(index->entries, (index->nentries + 1) * sizeof *index->entries);
	index->entries[index->nentries] = (struct image_index_entry){.os = NULL};
	return &index->entries[index->nentries++];
}

void
image_index_add(struct image_index *index, const struct image_index_entry *from)
{
	struct image_index_entry *e = new_entry(index);

	image_blob_set(
	    &e->blob, from->blob.media_type, from->blob.digest, from->blob.size);
	image_set(&e->os, from->os);
	image_set(&e->architecture, from->architecture);
	image_set(&e->variant, from->variant);
	image_set(&e->ref_name, from->ref_name);
	image_set(&e->image_name, from->image_name);
	e->attestation = from->attestation;
}

static int
decode_entry(const json_t *j, struct image_index_entry *e, struct err *err)
{
	const json_t *platform, *notes;

	if (image_json_blob(j, &e->blob, err) < 0 ||
	    image_json_object(j, "platform", &platform, err) < 0 ||
	    image_json_object(j, "annotations", &notes, err) < 0 ||
	    image_json_str(platform, "os", &e->os, err) < 0 ||
	    image_json_str(platform, "architecture", &e->architecture, err) < 0 ||
	    image_json_str(platform, "variant", &e->variant, err) < 0 ||
	    image_json_str(notes, ref_name_key, &e->ref_name, err) < 0 ||
	    image_json_str(notes, image_name_key, &e->image_name, err) < 0)
		return -1;
	e->attestation =
	    str_eq(json_get_str(notes, kind_key, ""), "attestation-manifest") ||
	    (e->os != NULL && str_eq(e->os, "unknown"));
	return 0;
}

static int
decode(const json_t *j, struct image_index *index, struct err *err)
{
	const json_t *list;
	int64_t version = 0;

	if (image_json_int(j, "schemaVersion", &version, err) < 0 ||
	    image_json_str(j, "mediaType", &index->media_type, err) < 0 ||
	    image_json_array(j, "manifests", &list, err) < 0)
		return -1;
	if (version != 2)
		return err_set(err, ERR_CORRUPT, "schemaVersion is not 2");
	if (index->media_type == NULL)
		image_set(&index->media_type, IMAGE_TYPE_OCI_INDEX);
	if (!str_eq(index->media_type, IMAGE_TYPE_OCI_INDEX) &&
	    !str_eq(index->media_type, IMAGE_TYPE_DOCKER_LIST))
		return err_set(
		    err, ERR_UNSUPPORTED, "media type \"%s\"", index->media_type);
	if (list == NULL)
		return err_set(err, ERR_CORRUPT, "it lists no manifests");
	if (json_array_size(list) > ENTRIES_MAX)
		return err_set(err, ERR_LIMIT, "more than %d entries", ENTRIES_MAX);
	for (size_t i = 0; i < json_array_size(list); i++)
		if (decode_entry(json_array_get(list, i), new_entry(index), err) < 0)
			return -1;
	return 0;
}

int
image_index_decode(const char *json, size_t len, struct image_index *ret, struct err *err)
{
	cleanup_json json_t *j = image_json_load(json, len, false, "image index", err);
	cleanup_image_index struct image_index index = IMAGE_INDEX_INIT;

	if (j == NULL)
		return -1;
	if (decode(j, &index, err) < 0)
		return err_while(err, "image index");
	image_index_done(ret);
	*ret = index;
	index = (struct image_index)IMAGE_INDEX_INIT;
	return 0;
}

/* 0: not for this platform; otherwise the better the higher. */
static int
fitness(const struct image_index_entry *e, const char *os, const char *architecture,
    const char *variant)
{
	if (e->attestation)
		return 0;
	if (e->os == NULL && e->architecture == NULL)
		return 1;
	if (e->os == NULL || e->architecture == NULL || !str_eq(e->os, os) ||
	    !str_eq(e->architecture, architecture))
		return 0;
	if (variant == NULL || e->variant == NULL)
		return e->variant == NULL ? 3 : 2;
	return str_eq(e->variant, variant) ? 4 : 0;
}

const struct image_index_entry *
image_index_choose(const struct image_index *index, const char *os,
    const char *architecture, const char *variant)
{
	const struct image_index_entry *best = NULL;
	int best_fitness = 0;

	for (size_t i = 0; i < index->nentries; i++) {
		int f = fitness(&index->entries[i], os, architecture, variant);

		if (f > best_fitness) {
			best = &index->entries[i];
			best_fitness = f;
		}
	}
	return best;
}

static json_t *
entry_object(const struct image_index_entry *e)
{
	json_t *j = image_blob_object(&e->blob, false);
	json_t *notes = json_object(), *platform = json_object();

	image_put_text(notes, image_name_key, e->image_name);
	image_put_text(notes, ref_name_key, e->ref_name);
	if (e->attestation)
		image_put_text(notes, kind_key, "attestation-manifest");
	if (json_object_size(notes) > 0)
		json_object_set(j, "annotations", notes);
	image_put_text(platform, "architecture", e->architecture);
	image_put_text(platform, "os", e->os);
	image_put_text(platform, "variant", e->variant);
	if (json_object_size(platform) > 0)
		json_object_set(j, "platform", platform);
	json_decref(notes);
	json_decref(platform);
	return j;
}

char *
image_index_encode(const struct image_index *index, size_t *ret_len)
{
	json_t *j = json_object(), *list = json_array();
	const char *type = index->media_type;

	json_object_set_new(j, "schemaVersion", json_integer(2));
	json_object_set_new(
	    j, "mediaType", image_text(type != NULL ? type : IMAGE_TYPE_OCI_INDEX));
	for (size_t i = 0; i < index->nentries; i++)
		json_array_append_new(list, entry_object(&index->entries[i]));
	json_object_set_new(j, "manifests", list);
	return image_json_text(j, 0, ret_len);
}
