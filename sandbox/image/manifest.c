/*
 * manifest.c - the list of blobs that make one image (OCI, and Docker schema 2)
 */
#include "sandbox/image/private.h"
#include <stdlib.h>

enum { DOCKER_INDENT = 3 }; /* what docker push uploads; part of the digest */

void
image_blob_done(struct image_blob *blob)
{
	free(blob->media_type);
	free(blob->digest);
	*blob = (struct image_blob){.media_type = NULL};
}

void
image_blob_set(
    struct image_blob *blob, const char *media_type, const char *digest, int64_t size)
{
	image_set(&blob->media_type, media_type);
	image_set(&blob->digest, digest);
	blob->size = size;
}

void
image_manifest_done(struct image_manifest *m)
{
	for (size_t i = 0; i < m->nlayers; i++)
		image_blob_done(&m->layers[i]);
	free(m->layers);
	free(m->media_type);
	image_blob_done(&m->config);
	*m = (struct image_manifest)IMAGE_MANIFEST_INIT;
}

void
image_manifest_set_config(
    struct image_manifest *m, const char *media_type, const char *digest, int64_t size)
{
	image_blob_set(&m->config, media_type, digest, size);
}

static struct image_blob *
new_layer(struct image_manifest *m)
{
	m->layers = xrealloc(m->layers, (m->nlayers + 1) * sizeof *m->layers);
	m->layers[m->nlayers] = (struct image_blob){.media_type = NULL};
	return &m->layers[m->nlayers++];
}

void
image_manifest_add_layer(
    struct image_manifest *m, const char *media_type, const char *digest, int64_t size)
{
	image_blob_set(new_layer(m), media_type, digest, size);
}

static int
decode(const json_t *j, struct image_manifest *m, struct err *err)
{
	const json_t *config, *layers;
	int64_t version = 0;

	if (image_json_int(j, "schemaVersion", &version, err) < 0 ||
	    image_json_str(j, "mediaType", &m->media_type, err) < 0)
		return -1;
	if (version == 1)
		return err_set(err, ERR_UNSUPPORTED, "a manifest of schema 1 is too old");
	if (version != 2)
		return err_set(err, ERR_CORRUPT, "schemaVersion is not 2");
	if (json_object_get(j, "manifests") != NULL)
		return err_set(err, ERR_UNSUPPORTED, "this is an index, not a manifest");
	if (m->media_type == NULL)
		image_set(&m->media_type, IMAGE_TYPE_OCI_MANIFEST);
	if (!str_eq(m->media_type, IMAGE_TYPE_OCI_MANIFEST) &&
	    !str_eq(m->media_type, IMAGE_TYPE_DOCKER_MANIFEST))
		return err_set(err, ERR_UNSUPPORTED, "media type \"%s\"", m->media_type);
	if (image_json_object(j, "config", &config, err) < 0 ||
	    image_json_blob(config, &m->config, err) < 0 ||
	    image_json_array(j, "layers", &layers, err) < 0)
		return -1;
	if (json_array_size(layers) > IMAGE_LAYERS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d layers", IMAGE_LAYERS_MAX);
	for (size_t i = 0; i < json_array_size(layers); i++)
		if (image_json_blob(json_array_get(layers, i), new_layer(m), err) < 0)
			return -1;
	return 0;
}

int
image_manifest_decode(
    const char *json, size_t len, struct image_manifest *ret, struct err *err)
{
	cleanup_json json_t *j = image_json_load(json, len, false, "image manifest", err);
	cleanup_image_manifest struct image_manifest m = IMAGE_MANIFEST_INIT;

	if (j == NULL)
		return -1;
	if (decode(j, &m, err) < 0)
		return err_while(err, "image manifest");
	image_manifest_done(ret);
	*ret = m;
	m = (struct image_manifest)IMAGE_MANIFEST_INIT;
	return 0;
}

char *
image_manifest_encode(const struct image_manifest *m, size_t *ret_len)
{
	const char *type =
	    m->media_type != NULL ? m->media_type : IMAGE_TYPE_OCI_MANIFEST;
	bool docker = str_eq(type, IMAGE_TYPE_DOCKER_MANIFEST);
	json_t *j = json_object(), *layers = json_array();

	json_object_set_new(j, "schemaVersion", json_integer(2));
	json_object_set_new(j, "mediaType", image_text(type));
	json_object_set_new(j, "config", image_blob_object(&m->config, docker));
	for (size_t i = 0; i < m->nlayers; i++)
		json_array_append_new(layers, image_blob_object(&m->layers[i], docker));
	json_object_set_new(j, "layers", layers);
	return image_json_text(j, docker ? DOCKER_INDENT : 0, ret_len);
}
