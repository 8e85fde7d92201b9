"""What a plan says must be made, part by part, as `tfgen.proof.rebuild` tells it. Must not know how it is rendered."""
