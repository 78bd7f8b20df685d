/*
 * ask.c - a lesson that is none of ours asks before it does something by itself
 */
#include "src/shell/private.h"
#include <fcntl.h>
#include <stdlib.h>

/* The text as it is now: a changed lesson asks again. */
static char *
hash_of(const struct shell *sh)
{
	cleanup_buf struct buf text = BUF_INIT(LESSON_MAX + 1);

	fd_read_file(AT_FDCWD, sh->course.path, &text, NULL);
	return xasprintf("%016llx", (unsigned long long)travel_hash(text.s, text.len, 0));
}

bool
ask_consent(struct shell *sh, const char *what)
{
	cleanup_free char *hash = NULL, *answer = NULL;
	char *said;

	/* Whoever wrote a script has said what they want. */
	if (sh->course.built_in || sh->terminal < 0 || sh->course.path == NULL)
		return true;
	hash = hash_of(sh);
	if (progress_trusted(&sh->progress, hash))
		return true;
	view_styled(
	    sh, "yellow", "This lesson is not one of Drydock's: %s", sh->course.path);
	view_text(sh,
	    "\n%s. They run in the workstation and its containers, never on this "
	    "machine.\n",
	    what);
	if (sh->edit->read(sh->edit, "Go on (y/N)? ", &answer) != EDIT_LINE)
		return false;
	said = str_trim(answer);
	if (said[0] != 'y' && said[0] != 'Y') {
		view_text(sh, "Nothing was done.\n");
		return false;
	}
	progress_set_trusted(&sh->progress, hash);
	return true;
}
