/*
 * image_fuzz.c - any bytes as an image's name, config, manifest, index and archive list
 *
 * What must hold: nothing crashes or leaks, a refusal has words, and what was read and
 * written again is read as the same.
 */
#include "sandbox/base/base.h"
#include "sandbox/image/image.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
name(const char *text)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT, again = IMAGE_REF_INIT;
	struct err err = ERR_INIT;

	if (image_ref_parse_tagged(text, &ref, &err) < 0) {
		if (err.text[0] == '\0')
			abort();
		return;
	}
	cleanup_free char *canonical = image_ref_canonical(&ref);
	cleanup_free char *familiar = image_ref_familiar(&ref);
	if (image_ref_parse_tagged(familiar, &again, &err) < 0)
		abort();
	cleanup_free char *second = image_ref_canonical(&again);
	if (!str_eq(canonical, second))
		abort();
}

static void
config(const char *text, size_t len)
{
	cleanup_image_config struct image_config one = IMAGE_CONFIG_INIT;
	cleanup_image_config struct image_config two = IMAGE_CONFIG_INIT;
	struct err err = ERR_INIT;
	size_t first_len, second_len;

	if (image_config_decode(text, len, &one, &err) < 0) {
		if (err.text[0] == '\0')
			abort();
		return;
	}
	cleanup_free char *first = image_config_encode(&one, &first_len);
	if (first_len > IMAGE_JSON_MAX)
		return;
	if (image_config_decode(first, first_len, &two, &err) < 0)
		abort();
	cleanup_free char *second = image_config_encode(&two, &second_len);
	if (!str_eq(first, second))
		abort();
	const struct image_facts facts = {.id = "sha256:x"};
	json_decref(image_inspect(&two, &facts));
}

static void
lists(const char *text, size_t len)
{
	cleanup_image_manifest struct image_manifest m = IMAGE_MANIFEST_INIT;
	cleanup_image_index struct image_index index = IMAGE_INDEX_INIT;
	cleanup_image_archive struct image_archive archive = IMAGE_ARCHIVE_INIT;
	size_t n;

	if (image_manifest_decode(text, len, &m, NULL) == 0)
		free(image_manifest_encode(&m, &n));
	if (image_index_decode(text, len, &index, NULL) == 0) {
		(void)image_index_choose(&index, "linux", "amd64", NULL);
		free(image_index_encode(&index, &n));
	}
	if (image_archive_decode(text, len, &archive, NULL) == 0)
		free(image_archive_encode(&archive, &n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *text = xstrndup((const char *)data, size);

	name(text);
	config((const char *)data, size);
	lists((const char *)data, size);
	return 0;
}
