/*
 * lesson_fuzz.c - any bytes as a Markdown lesson
 *
 * What must hold: every file opens, nothing crashes or leaks, and what was found can be
 * told as JSON.
 */
#include "src/lesson/lesson.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_vec struct vec values = VEC_INIT;
	cleanup_buf struct buf filled = BUF_INIT(BUF_OURS);
	cleanup_free char *text = xstrndup((const char *)data, size);
	cleanup_lesson struct lesson *l =
	    lesson_load((const char *)data, size, "fuzz.md");

	if (l == NULL)
		abort();
	cleanup_json json_t *told = lesson_to_json(l);
	if (!json_is_object(told))
		abort();
	vec_add(&values, "your_name=somebody");
	lesson_fill(l, text, &values, &filled);
	(void)lesson_find(l, text);
	(void)lesson_command_complete(text);
	return 0;
}
