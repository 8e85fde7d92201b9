"""Where the harness runs: keys `harness.environment` and `environment_artifact`. Knows nothing of permissions."""

from typing import Annotated, Final, Literal

from pydantic import Field

from tfgen.posture.base import Model, OneOf
from tfgen.posture.values import Given, InputRef, Literally

SubnetId = Annotated[str | InputRef, Given("subnet-id")]
SecurityGroupId = Annotated[str | InputRef, Given("security-group-id")]
MountPath = Annotated[str, Literally("mount-path")]
Seconds = Annotated[int, Field(ge=60, le=28_800)]

SESSION_ID: Final = "{runtimeSessionId}"
"""What stands for the session's id in the prefix of a mounted bucket."""

_MOUNT = "Directory under /mnt where it is mounted."


class Lifecycle(Model):
    """How long a session's virtual machine lives; short lives bound what a leaked credential is good for."""

    idle_runtime_session_timeout: Seconds | None = Field(
        default=None, description="Seconds after which an idle session ends, from 60 to 28800; 900 when left out."
    )
    max_lifetime: Seconds | None = Field(
        default=None, description="Seconds after which every session ends, from 60 to 28800; 28800 when left out."
    )


class VpcConfig(Model):
    """Where in the VPC sessions run."""

    subnets: tuple[SubnetId, ...] = Field(min_length=1, max_length=16, description="Subnets that sessions run in.")
    security_groups: tuple[SecurityGroupId, ...] = Field(
        min_length=1, max_length=16, description="Security groups of sessions; their egress is a hard boundary."
    )


class NetworkConfiguration(Model):
    """Which network sessions run in."""

    network_mode: Literal["PUBLIC", "VPC"] = Field(
        description="`PUBLIC` reaches the whole internet; `VPC` only what the VPC lets it reach."
    )
    network_mode_config: VpcConfig | None = Field(default=None, description="Where in the VPC, for mode `VPC`.")


class SessionStorage(Model):
    """Storage that outlives a session's virtual machine."""

    mount_path: MountPath = Field(description=_MOUNT)


class S3FilesAccessPoint(Model):
    """Files of a bucket, through an S3 Files access point."""

    access_point_arn: Annotated[str | InputRef, Given("s3-files-access-point-arn")] = Field(
        description="ARN of the access point; the role may mount this one."
    )
    mount_path: MountPath = Field(description=_MOUNT)


class EfsAccessPoint(Model):
    """Files of an EFS file system, through an access point."""

    access_point_arn: Annotated[str | InputRef, Given("efs-access-point-arn")] = Field(
        description="ARN of the access point; the role may mount this one."
    )
    mount_path: MountPath = Field(description=_MOUNT)


class S3BucketMount(Model):
    """Files of a bucket, mounted from the bucket itself."""

    bucket: Annotated[str | InputRef, Given("bucket-name")] = Field(
        description="Name of the bucket; the role may list, read and write what is mounted of it."
    )
    mount_path: MountPath = Field(description=_MOUNT)
    prefix: Annotated[str, Literally("mount-prefix")] | None = Field(
        default=None,
        description="What the keys of the mounted objects begin with, `{runtimeSessionId}` for a directory of each "
        "session; the whole bucket is mounted when left out.",
    )
    s3_bucket_owner: Annotated[str, Literally("account-id")] | None = Field(
        default=None, description="Account that must own the bucket; the harness's own when left out."
    )
    s3_bucket_region: Annotated[str, Literally("bucket-region")] | None = Field(
        default=None, description="Region of a bucket that is in another region than the harness."
    )


class CapacityProviderVolume(Model):
    """A volume of a capacity provider."""

    volume_name: Annotated[str, Literally("volume-name")] = Field(
        description="Name of the volume in the capacity provider."
    )
    mount_path: MountPath = Field(description=_MOUNT)


class Filesystem(OneOf):
    """What is mounted into sessions."""

    session_storage: SessionStorage | None = Field(default=None, description="Storage that outlives a session.")
    s3_files_access_point: S3FilesAccessPoint | None = Field(
        default=None, description="Files of a bucket; needs network mode `VPC`."
    )
    efs_access_point: EfsAccessPoint | None = Field(
        default=None, description="Files of an EFS file system; needs network mode `VPC`."
    )
    s3_bucket_mount: S3BucketMount | None = Field(
        default=None, description="Files of a bucket, mounted from the bucket itself."
    )
    capacity_provider_volume: CapacityProviderVolume | None = Field(
        default=None, description="A volume of a capacity provider."
    )


class RuntimeEnvironment(Model):
    """The virtual machines that sessions run in."""

    lifecycle_configuration: Lifecycle | None = Field(default=None, description="How long sessions live.")
    network_configuration: NetworkConfiguration | None = Field(
        default=None, description="Which network sessions run in; `PUBLIC` when left out."
    )
    filesystem_configurations: tuple[Filesystem, ...] | None = Field(
        default=None, max_length=5, description="What is mounted into sessions."
    )


class Environment(OneOf):
    """Where sessions run."""

    agentcore_runtime_environment: RuntimeEnvironment | None = Field(
        default=None, description="In virtual machines of AgentCore Runtime."
    )


class Container(Model):
    """A container image of your own."""

    container_uri: Annotated[str | InputRef, Given("container-uri")] = Field(
        description="URI of the image, best with a digest; the role may pull from this repository."
    )


class EnvironmentArtifact(OneOf):
    """What sessions run."""

    container_configuration: Container | None = Field(default=None, description="A container image of your own.")
