import { MirageError } from "@mirage/diagnostics";
import { expect, test } from "vitest";
import { checkRequest, imageName } from "./request.js";

const fine = { disk: "d.img", name: "www" };

test("what AWS would refuse is reported before anything is called, all at once", () => {
  checkRequest({
    ...fine,
    imageName: "www (blue) 1.0/eu_1",
    copyTo: ["us-east-1", "ap-southeast-2", "us-gov-west-1"],
    shareWith: ["123456789012", "all", "arn:aws:organizations::123456789012:organization/o-1"],
    tags: { team: "web" },
  });
  try {
    checkRequest({
      ...fine,
      imageName: "ü",
      copyTo: ["mars"],
      shareWith: ["1234"],
      tags: { "aws:x": "", Name: "other", long: "x".repeat(257) },
    });
  } catch (error) {
    if (!(error instanceof MirageError)) throw error;
    expect(error.exitCode).toBe(2);
    expect(error.details.map(({ message }) => message)).toEqual([
      "`ü` cannot name an image",
      "`mars` is not a region",
      "an image cannot be shared with `1234`",
      "`aws:x`: AWS keeps tags with aws: for itself",
      "mirage sets the tag `Name` itself",
      "the value of `long` is longer than 256",
    ]);
    return;
  }
  throw new Error("nothing was refused");
});

test("an image is named after the application and its content", () => {
  const id = "0123456789abcdef".repeat(4);
  expect(imageName(fine, id)).toBe("www-0123456789ab");
  expect(imageName({ ...fine, name: "größe:1" }, id)).toBe("gr--e-1-0123456789ab");
  expect(imageName({ ...fine, imageName: "blue" }, id)).toBe("blue");
});
