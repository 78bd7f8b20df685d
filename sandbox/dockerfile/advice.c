/*
 * advice.c - what each lint rule is for, and what to do about it
 *
 * Docker's own rules by their names; the others by the numbers under which hadolint has
 * made them known, in our words.
 */
#include "sandbox/dockerfile/private.h"

static const struct dockerfile_advice rows[] = {
    {"ConsistentInstructionCasing", "a file in one style is read faster",
	"write all instructions in the same case, usually capitals"},
    {"CopyIgnoredFile",
	".dockerignore keeps the file out of the build, so COPY cannot find it",
	"take the pattern out of .dockerignore, or the file out of COPY"},
    {"DuplicateStageName", "the later stage hides the earlier one",
	"give every stage a name of its own"},
    {"ExposeInvalidFormat",
	"EXPOSE only documents ports; addresses and host ports are docker run -p's",
	"write the container's port alone, e.g. EXPOSE 80"},
    {"ExposeProtoCasing", "protocols are written in small letters", "write /tcp or /udp"},
    {"FromAsCasing", "keywords of one line belong together",
	"write FROM and AS in the same case"},
    {"FromPlatformFlagConstDisallowed",
	"a fixed platform makes an image for one kind of machine only",
	"leave --platform out, or use $BUILDPLATFORM"},
    {"InvalidBaseImagePlatform", "the base image is for another kind of machine",
	"pull the base image for this platform"},
    {"InvalidDefaultArgInFrom", "without --build-arg the base image has no name",
	"give the ARG a default"},
    {"InvalidDefinitionDescription",
	"tools show this comment as the argument's description",
	"begin the comment with the name, or leave an empty line behind it"},
    {"JSONArgsRecommended",
	"in shell form a shell is process 1: docker stop's signal does not reach the "
	"program",
	"write the command as a JSON array: CMD [\"python\", \"app.py\"]"},
    {"LegacyKeyValueFormat", "the old form is ambiguous as soon as a blank appears",
	"write KEY=value"},
    {"MaintainerDeprecated", "MAINTAINER is an old word for a label",
	"write LABEL org.opencontainers.image.authors=\"...\""},
    {"MultipleInstructionsDisallowed", "only the last one counts",
	"remove the earlier ones"},
    {"NoEmptyContinuation", "an empty line inside an instruction will become an error",
	"remove the empty line, or put a comment there"},
    {"RedundantTargetPlatform", "the target platform is the default anyway",
	"remove --platform=$TARGETPLATFORM"},
    {"ReservedStageName", "the name means something else to the builder",
	"choose another name for the stage"},
    {"SecretsUsedInArgOrEnv",
	"whoever has the image can read its arguments and environment",
	"use RUN --mount=type=secret, or give it to docker run"},
    {"StageNameCasing", "stage names are compared in small letters in some places only",
	"write the stage's name in small letters"},
    {"UndefinedArgInFrom", "a name that no ARG before the first FROM declares is empty",
	"declare it: ARG NAME=default before FROM"},
    {"UndefinedVar", "an unknown variable is an empty text, and nothing says so",
	"declare it with ARG or ENV, or correct its name"},
    {"WorkdirRelativePath", "a relative folder hangs on what the base image set",
	"write an absolute path: WORKDIR /app"},
    {"DL3002", "a program that is broken into has root's rights in the container",
	"end with USER and the name or number of somebody else"},
    {"DL3003", "cd counts for this RUN only", "use WORKDIR"},
    {"DL3004", "sudo behaves in its own way without a terminal, and is not needed here",
	"remove sudo; use USER to change the user"},
    {"DL3006", "without a tag the base is whatever latest means on the day of the build",
	"name a version: FROM python:3.9-slim"},
    {"DL3007", "latest is another image tomorrow",
	"name a version: FROM python:3.9-slim"},
    {"DL3009", "the lists of packages stay in the layer and are of no use in it",
	"end the RUN with && rm -rf /var/lib/apt/lists/*"},
    {"DL3013", "without versions the same Dockerfile installs something else tomorrow",
	"pin them: pip install flask==3.0.0, or use requirements.txt"},
    {"DL3014", "apt-get asks, and nobody is there to answer", "write apt-get install -y"},
    {"DL3015", "recommended packages make the image bigger and are seldom used",
	"write apt-get install --no-install-recommends"},
    {"DL3020",
	"ADD unpacks archives and fetches addresses; for files COPY says what is meant",
	"use COPY"},
    {"DL3027", "apt is for people: its output and options may change",
	"use apt-get, or apt-cache"},
    {"DL3042", "pip's cache stays in the layer and is of no use in it",
	"write pip install --no-cache-dir, or mount a cache: RUN "
	"--mount=type=cache,target=/root/.cache"},
    {"DL3045", "without WORKDIR a relative destination lies wherever the base image says",
	"set WORKDIR first, or write an absolute destination"},
    {"DL3059",
	"every RUN is a layer: files that a later one deletes stay in the earlier one",
	"join them with &&"},
    {"DL4006", "a pipe succeeds when its last command does, whatever failed before",
	"set SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before the RUN"},
    {"DD0001",
	"every change of any file makes pip install again: the cache ends at COPY . .",
	"COPY requirements.txt first, then RUN pip install, then COPY . ."},
};

const struct dockerfile_advice *
dockerfile_advice(const char *rule)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(rows[i].rule, rule))
			return &rows[i];
	return NULL;
}
