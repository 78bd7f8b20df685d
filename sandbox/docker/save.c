/*
 * save.c - docker save: images to an archive
 *
 * The archive is at once an OCI layout (oci-layout, index.json, blobs) and what older
 * readers want (manifest.json).  The same images are the same bytes every time.
 */
#include "sandbox/docker/save.h"
#include "sandbox/base/hash.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct writer {
	struct docker *d;
	struct archive *a;
	struct vec written; /* names already in the archive */
	struct image_index index;
	struct image_archive manifest;
};

static void
writer_done(struct writer *w)
{
	if (w->a != NULL)
		archive_write_free(w->a);
	vec_done(&w->written);
	image_index_done(&w->index);
	image_archive_done(&w->manifest);
}

static int
wrong(struct writer *w, struct err *err)
{
	return err_set(err, ERR_SYS, "%s", archive_error_string(w->a));
}

static int
put_header(struct writer *w, const char *name, mode_t type, int64_t size, struct err *err)
{
	struct archive_entry *e = archive_entry_new();
	int rc;

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, type);
	archive_entry_set_perm(e, type == AE_IFDIR ? 0755 : 0644);
	archive_entry_set_size(e, size);
	archive_entry_set_mtime(e, 0, 0);
	rc = archive_write_header(w->a, e);
	archive_entry_free(e);
	return rc == ARCHIVE_OK ? 0 : wrong(w, err);
}

static int
put_data(
    struct writer *w, const char *name, const void *data, size_t len, struct err *err)
{
	if (put_header(w, name, AE_IFREG, (int64_t)len, err) < 0)
		return -1;
	return archive_write_data(w->a, data, len) == (la_ssize_t)len ? 0 : wrong(w, err);
}

static int
put_file(struct writer *w, const char *name, int fd, int64_t size, struct err *err)
{
	char block[65536];
	ssize_t n;

	if (put_header(w, name, AE_IFREG, size, err) < 0)
		return -1;
	while ((n = read(fd, block, sizeof block)) > 0)
		if (archive_write_data(w->a, block, (size_t)n) != n)
			return wrong(w, err);
	return n < 0 ? err_sys(err, "cannot read a layer") : 0;
}

/* Writes a blob from memory unless it is there; gives its name and digest. */
static char *
put_blob(struct writer *w, const void *data, size_t len, char digest[IMAGE_DIGEST + 1],
    struct err *err)
{
	cleanup_free char *name = NULL;
	char hex[HASH_HEX + 1];

	hash_data(data, len, hex);
	snprintf(digest, IMAGE_DIGEST + 1, "sha256:%s", hex);
	name = xasprintf("blobs/sha256/%s", hex);
	if (!vec_has(&w->written, name)) {
		vec_add(&w->written, name);
		if (put_data(w, name, data, len, err) < 0)
			return NULL;
	}
	return take_ptr(name);
}

/* Writes a layer's tar; its digest is the diff id.  Gives the name, sets *size. */
static char *
put_layer(
    struct writer *w, const char *chain, const char *diff, int64_t *size, struct err *err)
{
	cleanup_free char *name = xasprintf("blobs/sha256/%s", diff);
	cleanup_fd int fd = openat(
	    store_home_dir(w->d->store), "store", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct stat st;

	if (fd < 0)
		return err_sys(err, "cannot make a file for a layer"), NULL;
	if (store_layer_tar(w->d->store, chain, fd, err) < 0)
		return NULL;
	if (fstat(fd, &st) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, "cannot read a layer"), NULL;
	*size = st.st_size;
	if (!vec_has(&w->written, name)) {
		vec_add(&w->written, name);
		if (put_file(w, name, fd, st.st_size, err) < 0)
			return NULL;
	}
	return take_ptr(name);
}

static int
put_layers(struct writer *w, const struct image_config *config, struct image_manifest *m,
    struct image_archive_entry *entry, struct err *err)
{
	char chain[65] = "";

	for (size_t i = 0; i < config->diff_ids.len; i++) {
		const char *diff = image_digest_hex(config->diff_ids.v[i]);
		char next[65];
		int64_t size = 0;
		char *name;

		store_chain_id(chain, diff, next);
		memcpy(chain, next, sizeof chain);
		name = put_layer(w, chain, diff, &size, err);
		if (name == NULL)
			return -1;
		vec_take(&entry->layers, name);
		image_manifest_add_layer(
		    m, IMAGE_TYPE_OCI_LAYER, config->diff_ids.v[i], size);
	}
	return 0;
}

/* The OCI manifest, and its rows in index.json: one for every name. */
static int
put_manifest(struct writer *w, const struct image_manifest *m,
    const struct image_archive_entry *entry, struct err *err)
{
	char digest[IMAGE_DIGEST + 1];
	size_t len;
	cleanup_free char *json = image_manifest_encode(m, &len);
	cleanup_free char *name = put_blob(w, json, len, digest, err);
	struct image_index_entry row = {
	    .blob = {(char *)(uintptr_t)IMAGE_TYPE_OCI_MANIFEST, digest, (int64_t)len}};

	if (name == NULL)
		return -1;
	for (size_t i = 0; i < entry->tags.len; i++) {
		cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
		cleanup_free char *key = NULL;

		if (image_ref_parse_tagged(entry->tags.v[i], &ref, err) < 0)
			return -1;
		key = image_ref_canonical(&ref);
		row.image_name = key;
		row.ref_name = ref.tag;
		image_index_add(&w->index, &row);
	}
	if (entry->tags.len == 0)
		image_index_add(&w->index, &row);
	return 0;
}

static int
save_image(struct writer *w, const char *id, const struct vec *tags, struct err *err)
{
	cleanup_image_config struct image_config config = IMAGE_CONFIG_INIT;
	cleanup_image_manifest struct image_manifest m = IMAGE_MANIFEST_INIT;
	cleanup_buf struct buf bytes = BUF_INIT(IMAGE_JSON_MAX);
	cleanup_free char *name = NULL;
	struct image_archive_entry *entry;
	char digest[IMAGE_DIGEST + 1];

	if (store_read_blob(w->d->store, id, &bytes, err) < 0 ||
	    image_config_decode(bytes.s, bytes.len, &config, err) < 0)
		return -1;
	name = put_blob(w, bytes.s, bytes.len, digest, err);
	if (name == NULL)
		return -1;
	image_manifest_set_config(&m, IMAGE_TYPE_OCI_CONFIG, digest, (int64_t)bytes.len);
	entry = image_archive_add(&w->manifest, name);
	for (size_t i = 0; tags != NULL && i < tags->len; i++) {
		cleanup_free char *shown = docker_familiar(tags->v[i]);
		vec_add(&entry->tags, shown);
	}
	if (put_layers(w, &config, &m, entry, err) < 0)
		return -1;
	return put_manifest(w, &m, entry, err);
}

/* What lists the images, and the end. */
static int
finish(struct writer *w, struct err *err)
{
	static const char layout[] = "{\"imageLayoutVersion\":\"1.0.0\"}";
	size_t len;
	cleanup_free char *index = image_index_encode(&w->index, &len);

	if (put_data(w, "index.json", index, len, err) < 0)
		return -1;
	cleanup_free char *manifest = image_archive_encode(&w->manifest, &len);
	if (put_data(w, "manifest.json", manifest, len, err) < 0 ||
	    put_data(w, "oci-layout", layout, sizeof layout - 1, err) < 0)
		return -1;
	return archive_write_close(w->a) == ARCHIVE_OK ? 0 : wrong(w, err);
}

static int
save_all(struct writer *w, struct err *err)
{
	for (size_t i = 0; i < w->d->opts.nargs; i++) {
		cleanup_free char *canonical = NULL;
		cleanup_vec struct vec tags = VEC_INIT;
		char id[65];

		if (docker_find_image(
			w->d->session, w->d->opts.args[i], id, &canonical, err) < 0)
			return -1;
		if (canonical != NULL)
			vec_add(&tags, canonical);
		if (save_image(w, id, &tags, err) < 0)
			return -1;
		docker_image_event(w->d->session, "save", id, NULL);
	}
	return finish(w, err);
}

static int
begin(struct writer *w, int fd, struct err *err)
{
	w->a = archive_write_new();
	archive_write_set_format_pax_restricted(w->a);
	archive_write_set_bytes_in_last_block(w->a, 1);
	return archive_write_open_fd(w->a, fd) == ARCHIVE_OK ? 0 : wrong(w, err);
}

int
docker_save_image(
    struct docker *d, const char *id, const struct vec *tags, int fd, struct err *err)
{
	__attribute__((cleanup(writer_done))) struct writer w = {.d = d,
	    .written = VEC_INIT,
	    .index = IMAGE_INDEX_INIT,
	    .manifest = IMAGE_ARCHIVE_INIT};

	if (begin(&w, fd, err) < 0 || save_image(&w, id, tags, err) < 0)
		return -1;
	return finish(&w, err);
}

int
docker_save(struct docker *d)
{
	const char *file = opts_str(&d->opts, "output");
	__attribute__((cleanup(writer_done))) struct writer w = {.d = d,
	    .written = VEC_INIT,
	    .index = IMAGE_INDEX_INIT,
	    .manifest = IMAGE_ARCHIVE_INIT};
	struct err err = ERR_INIT;
	cleanup_fd int fd = -1;

	if (file == NULL && client_is_tty(&d->client, 'o')) {
		fprintf(stderr, "cowardly refusing to save to a terminal. Use the -o "
				"flag or redirect\n");
		return 1;
	}
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	/* before the file is touched: all names must be known */
	for (size_t i = 0; i < d->opts.nargs; i++) {
		char id[65];

		if (docker_find_image(d->session, d->opts.args[i], id, NULL, &err) < 0 ||
		    docker_check_platform(opts_str(&d->opts, "platform"), d->opts.args[i],
			"invalid platform", &err) < 0)
			return err.kind == ERR_INPUT ? docker_failed(&err)
						     : docker_refused(&err);
	}
	if (file != NULL) {
		fd = client_open(&d->client, file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd < 0) {
			fprintf(stderr, "failed to save image: open %s: %s\n", file,
			    docker_errno_text(errno));
			return 1;
		}
	}
	if (begin(&w, fd >= 0 ? fd : STDOUT_FILENO, &err) == 0)
		(void)save_all(&w, &err);
	return err.kind == ERR_NONE ? 0 : docker_refused(&err);
}
