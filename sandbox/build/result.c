/*
 * result.c - what a build leaves behind for its caller, and Docker's last words
 */
#include "sandbox/build/build.h"

void
build_result_done(struct build_result *r)
{
	free(r->vertex);
	free(r->frame);
	free(r->message);
	free(r->check);
	vec_done(&r->logs);
	vec_done(&r->explained);
	*r = (struct build_result)BUILD_RESULT_INIT;
}

void
build_add_failure(
    struct buf *out, const struct build_result *r, const struct err *err, bool quiet)
{
	if (r->vertex != NULL && !quiet) {
		buf_addf(out, "------\n > %s:\n", r->vertex);
		for (size_t i = 0; i < r->logs.len; i++)
			buf_addf(out, "%s\n", r->logs.v[i]);
		buf_adds(out, "------\n");
	}
	if (r->frame != NULL)
		buf_adds(out, r->frame);
	buf_addf(out, "ERROR: failed to solve: %s\n",
	    r->message != NULL ? r->message : err->text);
}
