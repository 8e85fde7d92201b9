"""Which skills the agent can read: keys `harness.skills`. Knows nothing of permissions."""

from typing import Annotated

from pydantic import Field

from tfgen.posture.base import Model, OneOf
from tfgen.posture.llm import ApiKeyArn
from tfgen.posture.values import Given, InputRef, Literally


class S3Skill(Model):
    """A skill in a bucket."""

    uri: Annotated[str | InputRef, Given("skill-s3-uri")] = Field(
        description="Bucket and prefix of the skill; the role may read what lies under it."
    )


class GitAuth(Model):
    """How the harness proves itself to a git server."""

    credential_arn: ApiKeyArn = Field(
        description="ARN of the credential provider that holds the password or token; the role may read this one."
    )
    username: Annotated[str | InputRef, Given("text")] | None = Field(
        default=None, description="Name that goes with the password; `oauth2` when left out."
    )


class GitSkill(Model):
    """A skill in a git repository."""

    url: Annotated[str | InputRef, Given("skill-git-url")] = Field(
        description="URL of the repository; whoever can push to it decides what the agent reads."
    )
    path: Annotated[str, Literally("text")] | None = Field(
        default=None, description="Directory of the skill inside the repository."
    )
    auth: GitAuth | None = Field(default=None, description="Credentials for a private repository.")


class AwsSkills(Model):
    """The skills that AWS ships inside the harness."""

    paths: tuple[Annotated[str, Literally("aws-skill-path")], ...] | None = Field(
        default=None, description="Which of them, as patterns such as `core-skills/*`; all when left out."
    )


class Skill(OneOf):
    """Where a skill comes from; its content steers the agent and is trusted."""

    path: Annotated[str, Literally("skill-path")] | None = Field(
        default=None, description="Directory inside the container image."
    )
    s3: S3Skill | None = Field(default=None, description="A skill in a bucket.")
    git: GitSkill | None = Field(default=None, description="A skill in a git repository.")
    aws_skills: AwsSkills | None = Field(default=None, description="The skills that AWS ships inside the harness.")
