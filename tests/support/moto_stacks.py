"""A moto server that knows stacks, in the environment `build/cloudformation`, and a stand-in for the type of a harness.

moto has no `AWS::BedrockAgentCore::Harness` and answers with an error 500 where a template has one. The stand-in keeps
what it is given and has the two attributes that a template refers to; it judges no property.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moto_harness import Moto, running_moto

JUDGE = Path(__file__).parents[2] / "build" / "cloudformation"
"""Where `make test` installs moto with its extra for CloudFormation, and cfn-lint."""

STAND_IN = """
from moto.core.common_models import CloudFormationModel


class Harness(CloudFormationModel):
    __module__ = "moto.bedrockagentcore.models"  # moto reads the service from it

    def __init__(self, properties, account, region):
        self.properties = properties
        self.id = properties["HarnessName"] + "-AbCdE12345"
        self.arn = f"arn:aws:bedrock-agentcore:{region}:{account}:harness/{self.id}"

    @property
    def physical_resource_id(self):
        return self.arn

    @staticmethod
    def cloudformation_name_type():
        return "HarnessName"

    @staticmethod
    def cloudformation_type():
        return "AWS::BedrockAgentCore::Harness"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        return cls(cloudformation_json["Properties"], account_id, region_name)

    @classmethod
    def update_from_cloudformation_json(cls, original, new_resource_name, cloudformation_json, account_id, region_name):
        return cls(cloudformation_json["Properties"], account_id, region_name)

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        pass

    @classmethod
    def has_cfn_attr(cls, attr):
        return attr in ("Arn", "HarnessId")

    def get_cfn_attribute(self, attribute_name):
        return {"Arn": self.arn, "HarnessId": self.id}[attribute_name]
"""


def judge() -> Path | None:
    """The Python of that environment; None where it was not made."""
    found = JUDGE / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return found if found.exists() else None


@contextmanager
def running_stacks(python: Path) -> Iterator[Moto]:
    """Start a server that makes stacks with harnesses."""
    with running_moto(python, STAND_IN) as moto:
        yield moto
