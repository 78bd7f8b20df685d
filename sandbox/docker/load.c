/*
 * load.c - docker load: images from an archive
 *
 * Reads what `docker save` writes today and wrote before (manifest.json with layer
 * files or links) and OCI layouts (oci-layout, index.json, blobs).
 */
#include "sandbox/docker/command.h"
#include "sandbox/docker/untar.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* One image of the archive, whatever its form. */
struct loaded {
	char *config;      /* path */
	struct vec layers; /* paths, lowest first */
	struct vec tags;   /* as written */
};

static int
read_inside(int root, const char *path, struct buf *b, struct err *err)
{
	cleanup_fd int fd = fd_open_in(root, path, O_RDONLY, 0);

	if (fd < 0)
		return err_sys(err, "open %s", path);
	return fd_slurp(fd, path, b, err);
}

static int
unpack_layers(struct store *store, int root, const struct image_config *config,
    const struct vec *layers, struct err *err)
{
	char parent[65] = "";

	if (config->diff_ids.len != layers->len)
		return err_set(err, ERR_CORRUPT,
		    "invalid manifest, layers length mismatch: expected %zu, got %zu",
		    config->diff_ids.len, layers->len);
	for (size_t i = 0; i < layers->len; i++) {
		const char *diff = image_digest_hex(config->diff_ids.v[i]);
		struct store_layer layer;
		char chain[65];
		cleanup_fd int fd = -1;
		int found;

		store_chain_id(parent, diff, chain);
		found = store_layer_find(store, chain, &layer, err);
		if (found < 0)
			return -1;
		if (found == 0) {
			fd = fd_open_in(root, layers->v[i], O_RDONLY, 0);
			if (fd < 0)
				return err_sys(err, "open %s", layers->v[i]);
			if (store_layer_unpack(
				store, parent, fd, diff, true, &layer, err) < 0)
				return -1;
		}
		memcpy(parent, chain, sizeof parent);
	}
	return 0;
}

static int
load_image(
    struct docker *d, int root, const struct loaded *l, char id[65], struct err *err)
{
	cleanup_image_config struct image_config config = IMAGE_CONFIG_INIT;
	cleanup_buf struct buf b = BUF_INIT(IMAGE_JSON_MAX);

	if (read_inside(root, l->config, &b, err) < 0 ||
	    image_config_decode(b.s, b.len, &config, err) < 0 ||
	    unpack_layers(d->store, root, &config, &l->layers, err) < 0 ||
	    store_add_image(d->store, b.s, b.len, id, err) < 0)
		return -1;
	return session_tag_set(d->session, NULL, id, err);
}

static int
tag_image(struct docker *d, const char *text, const char *id, bool quiet, struct err *err)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_free char *key = NULL, *shown = NULL;

	if (image_ref_parse_tagged(text, &ref, err) < 0)
		return -1;
	key = image_ref_canonical(&ref);
	shown = image_ref_familiar(&ref);
	if (docker_is_ours(key))
		return err_set(
		    err, ERR_INPUT, "the name %s is Drydock's own", ref.domain);
	if (session_tag_set(d->session, key, id, err) < 0)
		return -1;
	if (!quiet)
		printf("Loaded image: %s\n", shown);
	return 0;
}

static int
load_one(struct docker *d, int root, const struct loaded *l, struct err *err)
{
	bool quiet = opts_on(&d->opts, "quiet");
	char id[65];

	if (load_image(d, root, l, id, err) < 0)
		return -1;
	docker_image_event(d->session, "load", id, NULL);
	for (size_t i = 0; i < l->tags.len; i++)
		if (tag_image(d, l->tags.v[i], id, quiet, err) < 0)
			return -1;
	if (l->tags.len == 0 && !quiet)
		printf("Loaded image ID: sha256:%s\n", id);
	return 0;
}

/* ---- manifest.json ---- */

static int
load_archive(struct docker *d, int root, const struct buf *json, struct err *err)
{
	cleanup_image_archive struct image_archive archive = IMAGE_ARCHIVE_INIT;

	if (image_archive_decode(json->s, json->len, &archive, err) < 0)
		return -1;
	for (size_t i = 0; i < archive.nentries; i++) {
		const struct image_archive_entry *e = &archive.entries[i];
		struct loaded l = {e->config, e->layers, e->tags};

		if (load_one(d, root, &l, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- an OCI layout ---- */

static char *
blob_path(const struct image_blob *blob)
{
	return xasprintf("blobs/sha256/%s", image_digest_hex(blob->digest));
}

static int
load_manifest(
    struct docker *d, int root, const struct image_index_entry *e, struct err *err)
{
	cleanup_image_manifest struct image_manifest m = IMAGE_MANIFEST_INIT;
	cleanup_buf struct buf b = BUF_INIT(IMAGE_JSON_MAX);
	cleanup_vec struct vec layers = VEC_INIT, tags = VEC_INIT;
	cleanup_free char *path = blob_path(&e->blob), *config = NULL;

	if (read_inside(root, path, &b, err) < 0 ||
	    image_manifest_decode(b.s, b.len, &m, err) < 0)
		return -1;
	config = blob_path(&m.config);
	for (size_t i = 0; i < m.nlayers; i++)
		vec_take(&layers, blob_path(&m.layers[i]));
	if (e->image_name != NULL)
		vec_add(&tags, e->image_name);
	else if (e->ref_name != NULL && strchr(e->ref_name, ':') != NULL)
		vec_add(&tags, e->ref_name);
	struct loaded l = {config, layers, tags};
	return load_one(d, root, &l, err);
}

static int
load_index(struct docker *d, int root, const char *path,
    const struct image_index_entry *name, struct err *err)
{
	cleanup_image_index struct image_index index = IMAGE_INDEX_INIT;
	cleanup_buf struct buf b = BUF_INIT(IMAGE_JSON_MAX);
	const struct image_index_entry *e;

	if (read_inside(root, path, &b, err) < 0 ||
	    image_index_decode(b.s, b.len, &index, err) < 0)
		return -1;
	if (name != NULL) {
		/* an index inside: one image for several machines */
		struct image_index_entry mine;

		e = image_index_choose(&index, "linux", docker_architecture(), NULL);
		if (e == NULL)
			return err_set(err, ERR_UNSUPPORTED,
			    "no matching manifest for linux/%s in the archive",
			    docker_architecture());
		mine = *e;
		mine.image_name = name->image_name;
		mine.ref_name = name->ref_name;
		return load_manifest(d, root, &mine, err);
	}
	for (size_t i = 0; i < index.nentries; i++) {
		cleanup_free char *inner = blob_path(&index.entries[i].blob);
		const char *type = index.entries[i].blob.media_type;
		bool nested = str_eq(type, IMAGE_TYPE_OCI_INDEX) ||
			      str_eq(type, IMAGE_TYPE_DOCKER_LIST);

		e = &index.entries[i];
		if (e->attestation)
			continue;
		if ((nested ? load_index(d, root, inner, e, err)
			    : load_manifest(d, root, e, err)) < 0)
			return -1;
	}
	return 0;
}

static int
load_folder(struct docker *d, int root, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(IMAGE_JSON_MAX);
	cleanup_hold struct store *held = store_hold(d->store, err);
	cleanup_fd int oci = -1;

	if (held == NULL)
		return -1;
	if (read_inside(root, "manifest.json", &b, err) == 0)
		return load_archive(d, root, &b, err);
	if (err->sys != ENOENT)
		return -1;
	oci = fd_open_in(root, "index.json", O_RDONLY, 0);
	if (oci >= 0)
		return load_index(d, root, "index.json", NULL, err);
	return err_set(err, ERR_CORRUPT, "open manifest.json: no such file or directory");
}

int
docker_load(struct docker *d)
{
	const char *input = opts_str(&d->opts, "input");
	cleanup_untar struct untar_folder folder = UNTAR_FOLDER_INIT;
	cleanup_fd int file = -1;
	struct err err = ERR_INIT;

	if (input != NULL) {
		file = client_open(&d->client, input, O_RDONLY, 0);
		if (file < 0) {
			fprintf(stderr, "open %s: %s\n", input, docker_errno_text(errno));
			return 1;
		}
	} else if (client_is_tty(&d->client, 'i')) {
		fprintf(stderr, "requested load from stdin, but stdin is empty\n");
		return 1;
	}
	if (docker_check_platform(opts_str(&d->opts, "platform"),
		input != NULL ? input : "-", "invalid platform", &err) < 0)
		return err.kind == ERR_INPUT ? docker_failed(&err) : docker_refused(&err);
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (untar_folder(
		d->store, file >= 0 ? file : STDIN_FILENO, NULL, 0, &folder, &err) < 0 ||
	    load_folder(d, folder.fd, &err) < 0)
		return docker_refused(&err);
	return 0;
}
