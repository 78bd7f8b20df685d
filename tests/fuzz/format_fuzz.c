/*
 * format_fuzz.c - any bytes as a --format template
 *
 * What must hold: nothing crashes, leaks or runs away, and a refusal has words.  The
 * first byte chooses how the data is understood.
 */
#include "sandbox/base/base.h"
#include "sandbox/format/format.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char object[] =
    "{\"ID\":\"abc\",\"Names\":[\"a\",\"b\"],\"Labels\":{\"k\":\"v\",\"z\":\"\"},"
    "\"State\":{\"Pid\":42,\"Running\":true,\"Health\":null},\"Size\":1.5,"
    "\"Ports\":{\"80/tcp\":[{\"HostPort\":\"8080\"}]},\"Text\":\"\\u5b89 x\"}";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum format_data kinds[] = {FORMAT_MAPS, FORMAT_STRUCTS, FORMAT_ROW};
	cleanup_json json_t *value = json_loads(object, 0, NULL);
	cleanup_buf struct buf out = BUF_INIT(1 << 20), columns = BUF_INIT(BUF_OURS);
	struct err err = ERR_INIT;

	if (size == 0)
		return 0;
	cleanup_free char *text = xstrndup((const char *)data + 1, size - 1);
	cleanup_template struct format_template *t = format_template_parse(text, &err);
	if (t == NULL && err.text[0] == '\0')
		abort();
	if (t == NULL)
		return 0;
	if (format_template_exec(t, kinds[data[0] % ARRAY_LEN(kinds)], value,
		"*formatter.Fuzz", &out, &err) < 0 &&
	    err.text[0] == '\0')
		abort();
	format_columns(&columns, out.s);
	return 0;
}
